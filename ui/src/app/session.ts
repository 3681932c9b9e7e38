/** Whether a wallet is open, what the frame needs to know, and the choices of the settings. */
import { useEffect } from "react";
import type { SessionView } from "../bindings";
import { useData } from "../transport";

/** The open wallet's part of the session. */
export type OpenSession = Extract<SessionView, { state: "unlocked" }>;

/** The session; `undefined` while it is asked for. */
export function useSession(): SessionView | undefined {
  return useData("session").data;
}

/** The session while a wallet is open. */
export function useOpenSession(): OpenSession | undefined {
  const session = useSession();
  return session?.state === "unlocked" ? session : undefined;
}

/** How often a press of a key tells the program that somebody is there. */
const ACTIVITY_MS = 10_000;

/** Calls `tell` on keys, pointer and touch, at most every ten seconds. */
export function useActivity(active: boolean, tell: () => void): void {
  useEffect(() => {
    if (!active) return;
    let last = 0;
    const onActivity = () => {
      const now = performance.now();
      if (now - last < ACTIVITY_MS && last !== 0) return;
      last = now;
      tell();
    };
    const events = ["keydown", "pointerdown", "wheel"] as const;
    events.forEach((name) => window.addEventListener(name, onActivity, { passive: true }));
    return () => events.forEach((name) => window.removeEventListener(name, onActivity));
  }, [active, tell]);
}
