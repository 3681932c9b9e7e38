/** The window: one command `call`, one event `change`. */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { staleAfter, type Change } from "../bindings";
import type { Backend, Result } from "./backend";
import { CommandError, isErrorBody } from "./error";

/** Whether this page runs in the window. */
export function inWindow(): boolean {
  return "__TAURI_INTERNALS__" in window;
}

/** The backend of the window. */
export function tauriBackend(): Backend {
  return {
    async call(name, ...args) {
      try {
        return await invoke<Result<typeof name>>("call", { name, args: args[0] ?? {} });
      } catch (error) {
        throw isErrorBody(error) ? new CommandError(error) : error;
      }
    },
    onChange(listener) {
      const unlisten = listen<Change>("change", (event) => {
        // The window sends words of its own on the same channel, such as the question when it is closed.
        if (event.payload.kind in staleAfter) listener(event.payload);
      });
      return () => void unlisten.then((stop) => stop());
    },
    onConnection(listener) {
      listener("open");
      return () => undefined;
    },
  };
}
