/** A backend of fixed answers, for tests of pages and for the gallery. A command without an answer fails as the program would. */
import type { Change } from "../bindings";
import type { Args, Backend, CommandName, Result } from "../transport";
import { CommandError } from "../transport";

/** Answers by command: a value, or what computes it. */
export type Answers = { [Name in CommandName]?: Result<Name> | ((...args: Args<Name>) => Result<Name> | Promise<Result<Name>>) };

/** One call that was made. */
export interface Call {
  name: CommandName;
  args: unknown;
}

/** The backend, with what a test looks at. */
export interface Simulated extends Backend {
  /** Every call so far, in order. */
  calls: readonly Call[];
  /** Sends a change to the page. */
  emit: (change: Change) => void;
  /** Replaces answers. */
  answer: (answers: Answers) => void;
}

export function simulatedBackend(first: Answers = {}): Simulated {
  let answers = { ...first };
  const calls: Call[] = [];
  const listeners = new Set<(change: Change) => void>();
  return {
    calls,
    emit: (change) => listeners.forEach((listener) => listener(change)),
    answer: (more) => {
      answers = { ...answers, ...more };
    },
    async call<Name extends CommandName>(name: Name, ...args: Args<Name>): Promise<Result<Name>> {
      calls.push({ name, args: args[0] });
      // The two generic shapes of an answer cannot be told apart by the compiler.
      const answer = answers[name] as unknown;
      if (answer === undefined) {
        throw new CommandError({ code: "not_simulated", message: `${name} has no answer here.`, cost: "Nothing.", remedy: "Give it one." });
      }
      return (typeof answer === "function" ? await (answer as (...args: unknown[]) => unknown)(...args) : answer) as Result<Name>;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    onConnection: (listener) => {
      listener("open");
      return () => undefined;
    },
  };
}
