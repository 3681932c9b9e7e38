/** Files on their way in and out of the page. */
import type { FileContent, FileSource } from "../bindings";
import { saveInWindow } from "../transport/shell";

/** The largest file that is read into the page; the program refuses more than this too. */
export const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** A file chosen or dropped, as an argument of a command. */
export async function sourceOf(file: File): Promise<FileSource> {
  return { kind: "content", name: file.name, base64: base64(new Uint8Array(await file.arrayBuffer())) };
}

/** Standard base64. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  const STEP = 0x8000; // the most arguments a call takes safely
  for (let at = 0; at < bytes.length; at += STEP) binary += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(binary);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Offers a file for saving: the window asks where, a browser downloads it. */
export async function save(file: FileContent): Promise<void> {
  if (await saveInWindow(file, file.fileName)) return;
  const address = URL.createObjectURL(new Blob([bytesOf(file.base64)], { type: file.mediaType }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file.fileName;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken the content by the time this runs.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Text as a file. */
export function textFile(fileName: string, mediaType: string, text: string): FileContent {
  return { fileName, mediaType, base64: base64(new TextEncoder().encode(text)), text };
}
