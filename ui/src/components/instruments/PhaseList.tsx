/** A task of several phases, each with its own counts, rate and rest; a finished phase keeps the time it took. */
import { StateGlyph, type State } from "../StatusPill";
import classes from "./instruments.module.css";
import { Bar } from "./TaskProgress";

export interface Phase {
  id: string;
  name: string;
  state: "done" | "running" | "waiting" | "failed";
  /** "epoch 61 of 87, 1.2 of 2.0 million · 31,000/s". */
  figures?: string;
  /** "took 3 min", "12 min left", or the reason of a failure. */
  end?: string;
  /** 0 to 1, shown while running. */
  fraction?: number;
}

const GLYPHS: Record<Phase["state"], State> = { done: "ok", running: "run", waiting: "off", failed: "bad" };

export function PhaseList({ phases, label }: { phases: readonly Phase[]; label: string }) {
  return (
    <ol className={classes.phases} aria-label={label}>
      {phases.map((phase) => (
        <li
          key={phase.id}
          className={classes.phase}
          data-state={phase.state}
          {...(phase.state === "running" ? { "aria-current": "step" as const } : {})}
        >
          <StateGlyph state={GLYPHS[phase.state]} />
          <span className={classes.phaseName}>{phase.name}</span>
          <span className={classes.phaseFigures}>{phase.figures}</span>
          <span className={classes.phaseEnd}>{phase.end}</span>
          {phase.state === "running" && phase.fraction !== undefined && (
            <Bar label={phase.name} fraction={phase.fraction} valueText={`${String(Math.floor(phase.fraction * 100))} %`} live />
          )}
        </li>
      ))}
    </ol>
  );
}
