/**
 * One interface to the program, whatever carries it: the window's own channel, or HTTP and a WebSocket on loopback. Every command takes at most
 * one object of arguments and gives one result or an error object; changes arrive as a stream and make queries stale.
 */
import type { Change, CommandName, Commands } from "../bindings";

/** Arguments of a command: nothing or one object. */
export type Args<Name extends CommandName> = Parameters<Commands[Name]>;

/** Result of a command. */
export type Result<Name extends CommandName> = Awaited<ReturnType<Commands[Name]>>;

/** How the stream stands. */
export type Connection = "open" | "lost" | "denied";

/** What carries commands and changes. */
export interface Backend {
  /** Calls a command; rejects with a `CommandError`. */
  call: <Name extends CommandName>(name: Name, ...args: Args<Name>) => Promise<Result<Name>>;
  /** Hears every change until the returned function is called. */
  onChange: (listener: (change: Change) => void) => () => void;
  /** Hears whether the program answers. Changes may have been missed before each `open`. */
  onConnection: (listener: (connection: Connection) => void) => () => void;
}

export type { CommandName } from "../bindings";
