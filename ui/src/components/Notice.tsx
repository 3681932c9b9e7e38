/** One remark on top of a page: the worst one only. The first sentence is bold, at most one action. */
import type { ReactNode } from "react";
import { Icon } from "./Icon";
import classes from "./Notice.module.css";
import { StateGlyph } from "./StatusPill";

/** How grave: a fact, something of yours under way, costs something if nothing is done, failed. */
export type NoticeKind = "neutral" | "progress" | "attention" | "failed";

/** A notice. `role="status"` for what appears by itself; failures interrupt with `alert`. */
export function Notice({ kind, title, children, action }: { kind: NoticeKind; title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={`${classes.notice} ${classes[kind]}`} role={kind === "failed" ? "alert" : "status"}>
      {kind === "attention" || kind === "failed" ? <StateGlyph state={kind === "failed" ? "bad" : "warn"} size={14} /> : <Icon name="clock" size={15} />}
      <div className={classes.text}>
        <strong>{title}</strong> {children}
      </div>
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  );
}
