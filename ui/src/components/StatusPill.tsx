/** A state as glyph and words: the shape carries the meaning, colour repeats it, the text says it. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./StatusPill.module.css";

/** ● fine, ◐ in progress, ▲ attention, ✕ failed, ○ off. */
export type State = "ok" | "run" | "warn" | "bad" | "off";

/** The glyph alone. With `decorative`, its meaning is said by the text beside it. */
export function StateGlyph({ state, decorative = false, size = 11 }: { state: State; decorative?: boolean; size?: number }) {
  const { t } = useTranslation();
  const label = decorative ? { "aria-hidden": true } : { role: "img", "aria-label": t(`components:state.${state}`) };
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" {...label}>
      {shapes[state]}
    </svg>
  );
}

const shapes: Record<State, ReactNode> = {
  ok: <circle cx="6" cy="6" r="4.5" fill="var(--c-ink)" />,
  run: (
    <>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="var(--c-accent)" strokeWidth="1.6" />
      <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="var(--c-accent)" />
    </>
  ),
  warn: <path d="M6 .8 11.6 11H.4z" fill="var(--c-warn-mark)" />,
  bad: <path d="M1.5 1.5l9 9M10.5 1.5l-9 9" stroke="var(--c-danger)" strokeWidth="2.4" strokeLinecap="round" />,
  off: <circle cx="6" cy="6" r="4.2" fill="none" stroke="var(--c-line-strong)" strokeWidth="1.5" />,
};

/** Glyph and text in one line. */
export function StatusPill({ state, children }: { state: State; children: ReactNode }) {
  return (
    <span className={classes.pill}>
      <StateGlyph state={state} />
      <span>{children}</span>
    </span>
  );
}
