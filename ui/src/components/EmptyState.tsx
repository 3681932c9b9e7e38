/** What will be here and the one way to get it. A drawing may teach what the full page will show. */
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";

/** An empty list or page. */
export function EmptyState({ title, children, action, drawing }: { title: string; children?: ReactNode; action?: ReactNode; drawing?: ReactNode }) {
  return (
    <div className={classes.empty}>
      {drawing}
      <h2>{title}</h2>
      {children !== undefined && <div className={classes.text}>{children}</div>}
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  );
}
