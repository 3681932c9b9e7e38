/** The program's word for how a thing stands, as the state of a pill. */
import type { Tone } from "../bindings";
import type { State } from "./StatusPill";

const states: Record<Tone, State> = { ok: "ok", running: "run", warning: "warn", failed: "bad", off: "off" };

/** The pill's state. */
export function stateOf(tone: Tone): State {
  return states[tone];
}
