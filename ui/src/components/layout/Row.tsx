/** Lines and columns with the distances of the grid. */
import type { ReactNode } from "react";
import classes from "./Row.module.css";

interface RowProps {
  gap?: 1 | 2 | 3 | 4 | 5 | 6;
  /** Where the children stand on the cross axis. */
  align?: "center" | "start" | "baseline" | "stretch";
  /** First and last child at the two ends. */
  spread?: boolean;
  wrap?: boolean;
  /** On phones the children stand below each other, in full width, in reverse order: the primary button on top. */
  actions?: boolean;
  className?: string;
  children: ReactNode;
}

/** Children beside each other. */
export function Row({ gap = 2, align = "center", spread = false, wrap = false, actions = false, className = "", children }: RowProps) {
  const names = [classes.row, classes[`gap${gap}`], classes[align], spread && classes.spread, wrap && classes.wrap, actions && classes.actions, className];
  return <div className={names.filter(Boolean).join(" ")}>{children}</div>;
}

/** Children below each other. */
export function Stack({ gap = 4, className = "", children }: { gap?: 1 | 2 | 3 | 4 | 5 | 6; className?: string; children: ReactNode }) {
  return <div className={`${classes.stack} ${classes[`gap${gap}`]} ${className}`}>{children}</div>;
}

/** Pairs of a name and a value; `spread` puts the values at the right edge. */
export function KeyValues({ pairs, spread = false, ruled = false }: { pairs: (readonly [ReactNode, ReactNode] | false | undefined)[]; spread?: boolean; ruled?: boolean }) {
  return (
    <dl className={`${classes.pairs} ${spread ? classes.pairsSpread : ""} ${ruled ? classes.pairsRuled : ""}`}>
      {pairs.map((pair, index) =>
        pair ? (
          <div key={index}>
            <dt>{pair[0]}</dt>
            <dd>{pair[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
