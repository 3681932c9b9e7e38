/**
 * The viewer's clock: the zone times are written in, and the current instant.
 *
 * One timer serves the whole page and only moves the drawn "now"; facts never come from it. Tests and the gallery fix both values.
 */
import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from "react";

interface FixedClock {
  zone: string;
  /** Unix milliseconds; absent: this computer's clock. */
  now?: number;
}

const ClockContext = createContext<FixedClock>({ zone: systemZone() });

/** The zone of this computer, as "Europe/Berlin". */
export function systemZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Fixes zone and, for pictures, the instant of everything inside. */
export function ClockProvider({ zone, now, children }: FixedClock & { children: ReactNode }) {
  const value = useMemo(() => (now === undefined ? { zone } : { zone, now }), [zone, now]);
  return <ClockContext value={value}>{children}</ClockContext>;
}

const STEP_MS = 10_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    listeners.forEach((each) => {
      each();
    });
  }, STEP_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Rounded to the step, so that a render between two steps sees the same instant. */
function snapshot(): number {
  return Math.floor(Date.now() / STEP_MS) * STEP_MS;
}

/** The zone and the current instant in steps of ten seconds. */
export function useClock(): { zone: string; now: number } {
  const { zone, now } = useContext(ClockContext);
  const ticking = useSyncExternalStore(subscribe, snapshot);
  return { zone, now: now ?? ticking };
}
