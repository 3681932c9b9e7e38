/** The window's part of closing: its shell asks, hears that the dialog is shown, and takes the answer. In a browser nobody asks. */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { CloseView } from "../../bindings";
import { inWindow } from "../../transport/tauri";

/** A message of the shell among the changes. */
interface CloseRequested {
  kind: "close_requested";
  question: CloseView;
}

function isCloseRequested(payload: unknown): payload is CloseRequested {
  return typeof payload === "object" && payload !== null && (payload as { kind?: unknown }).kind === "close_requested";
}

/** Hears each question until the returned function is called. */
export function onCloseRequested(listener: (question: CloseView) => void): () => void {
  if (!inWindow()) {
    return () => undefined;
  }
  const unlisten = listen("change", (event) => {
    if (isCloseRequested(event.payload)) {
      listener(event.payload.question);
    }
  });
  return () => void unlisten.then((stop) => stop());
}

/** Tells the shell that the dialog is on the screen; without it, the shell shows one of its own. */
export async function closeShown(): Promise<void> {
  await invoke("call", { name: "close_shown", args: {} });
}

/** The choice: `tray`, `quit`, `quit_when_done`, or `cancel`. */
export async function closeAnswer(choice: string): Promise<void> {
  await invoke("call", { name: "close_answer", args: { choice } });
}
