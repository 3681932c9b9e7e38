/**
 * A long task: how far, how fast, when it ends, and what closing Smapp does to it.
 *
 * Readers hear a quarter when it is passed and every change of state, never each second. A task without an end time shows a moving
 * segment and its counts.
 */
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { StateGlyph, type State } from "../StatusPill";
import classes from "./instruments.module.css";

export type TaskState = "running" | "paused" | "slow" | "failed" | "noEnd" | "finished";

interface TaskProgressProps {
  title: string;
  state: TaskState;
  /** 0 to 1; ignored without an end time. */
  fraction: number;
  /** "61.8 %", exact where the caller knows the exact counts. */
  percent: string;
  /** "158.2 of 256 GiB · 624,000 labels/s". */
  figures?: ReactNode;
  /** "about 18:27", or what stands in its place. */
  end?: ReactNode;
  /** "2 h 55 min left". */
  left?: ReactNode;
  /** "If you quit: continues from the same label". */
  close?: ReactNode;
  action?: ReactNode;
  /** The one task of its page: the percentage is the page's number. */
  prominent?: boolean;
}

const GLYPHS: Record<TaskState, State> = {
  running: "run",
  paused: "off",
  slow: "warn",
  failed: "bad",
  noEnd: "run",
  finished: "ok",
};

export function TaskProgress(props: TaskProgressProps) {
  const { title, state, fraction, percent, figures, end, left, close, action, prominent = false } = props;
  const { t } = useTranslation("instruments");
  const name = useId();
  return (
    <div className={classes.task}>
      {prominent ? (
        <div className={classes.row}>
          <span className={classes.bigNumber}>{percent}</span>
          <div className={classes.bigEnd}>
            {end !== undefined && <p className={classes.lead}>{end}</p>}
            {left !== undefined && <p className={classes.quiet}>{left}</p>}
          </div>
        </div>
      ) : (
        <div className={classes.row}>
          <span className={classes.taskTitle}>
            <StateGlyph state={GLYPHS[state]} />
            <span id={name}>{title}</span>
          </span>
          <span className={classes.taskEnd}>{end ?? (state === "noEnd" ? t("task.noEnd") : null)}</span>
        </div>
      )}
      <Bar
        {...(prominent ? { label: title } : { labelledBy: name })}
        fraction={fraction}
        valueText={state === "noEnd" ? t("task.noEnd") : percent}
        tone={state === "paused" || state === "finished" ? "ink" : state === "slow" ? "warn" : "accent"}
        live={state === "running" || state === "slow" || state === "noEnd"}
        moving={state === "noEnd"}
        large={prominent}
      />
      {(figures !== undefined || close !== undefined || action !== undefined) && (
        <div className={`${classes.row ?? ""} ${classes.taskFigures ?? ""}`}>
          <span>{figures}</span>
          <span>
            {close}
            {action}
          </span>
        </div>
      )}
      <Announcer title={title} state={state} fraction={fraction} />
    </div>
  );
}

interface BarProps {
  label?: string;
  labelledBy?: string;
  fraction: number;
  valueText: string;
  tone?: "accent" | "ink" | "warn";
  live?: boolean;
  moving?: boolean;
  large?: boolean;
}

/** The bar alone, for rows of tables and phases. */
export function Bar({ label, labelledBy, fraction, valueText, tone = "accent", live = false, moving = false, large = false }: BarProps) {
  const percent = Math.max(0, Math.min(100, fraction * 100));
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={moving ? undefined : Math.floor(percent)}
      aria-valuetext={valueText}
      data-tone={tone}
      data-live={live ? "" : undefined}
      data-moving={moving ? "" : undefined}
      data-large={large ? "" : undefined}
    >
      <span className={classes.fill} style={moving ? undefined : { width: `${percent.toFixed(2)}%` }} />
    </div>
  );
}

/** Says a passed quarter or a change of state once. What was true when the task appeared is not said. */
function Announcer({ title, state, fraction }: { title: string; state: TaskState; fraction: number }) {
  const { t } = useTranslation("instruments");
  const quarter = Math.floor(Math.min(1, Math.max(0, fraction)) * 4) * 25;
  const [last, setLast] = useState({ quarter, state, said: "" });
  if (last.quarter !== quarter || last.state !== state) {
    const said =
      last.state === state
        ? t("task.announce", { title, percent: t("task.percent", { value: quarter }) })
        : t(`task.announceState.${state}`, { title });
    setLast({ quarter, state, said });
  }
  return (
    <span className={classes.hidden} role="status">
      {last.said}
    </span>
  );
}
