/** What only the window can do: native dialogs, saving where a person chooses, telling when a secret has left the screen. */
import { invoke } from "@tauri-apps/api/core";
import type { FileContent } from "../bindings";
import { inWindow } from "./tauri";

/** What is to be picked. */
export interface PickOptions {
  kind: "file" | "folder" | "save";
  title: string;
  directory?: string;
  fileName?: string;
  extensions?: string[];
}

/** Asks for a path with the system's own dialog; `null` when it was cancelled or there is no window. */
export async function pickPath(options: PickOptions): Promise<string | null> {
  return inWindow() ? invoke<string | null>("call", { name: "pick_path", args: options }) : null;
}

/** Lets the window save a file; `false` when there is no window and the page has to offer a download. */
export async function saveInWindow(file: FileContent, title: string): Promise<boolean> {
  if (!inWindow()) return false;
  await invoke("call", { name: "save_file", args: { fileName: file.fileName, base64: file.base64, title } });
  return true;
}

/** The secret of this showing has left the screen: capturing the window is allowed again. */
export function secretClosed(id: string): void {
  if (inWindow()) void invoke("call", { name: "secret_closed", args: { id } }).catch(() => undefined);
}

/** The first page is drawn. */
export function pageReady(): void {
  if (inWindow()) void invoke("call", { name: "page_ready", args: {} }).catch(() => undefined);
}
