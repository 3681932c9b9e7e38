/** A folded part of a form with its value visible while folded. */
import type { ReactNode } from "react";
import classes from "./Fold.module.css";
import { Icon } from "./Icon";

/** Opens and closes; the browser keeps the state. */
export function Fold({ title, value, open = false, children }: { title: string; value?: ReactNode; open?: boolean; children: ReactNode }) {
  return (
    <details className={classes.fold} open={open}>
      <summary>
        <Icon name="forward" size={16} />
        <span className={classes.title}>{title}</span>
        {value !== undefined && <span className={classes.value}>{value}</span>}
      </summary>
      <div className={classes.content}>{children}</div>
    </details>
  );
}
