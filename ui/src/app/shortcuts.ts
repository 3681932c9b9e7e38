/**
 * Keys as data: "Mod+K" is Ctrl K, ⌘K on macOS. Plain letters work only while nothing is being typed.
 */

/** A key combination in the actions table, such as "Mod+K", "S", "?" or "Mod+1". */
export type Keys = string;

/** Whether this computer writes ⌘ for the command key. */
export function isMac(platform: string = navigator.platform): boolean {
  return /mac|iphone|ipad/i.test(platform);
}

/** The combination as a person reads it: "Ctrl K", "⌘ K", "S". */
export function keysText(keys: Keys, mac: boolean = isMac()): string {
  return keys
    .split("+")
    .map((part) => (part === "Mod" ? (mac ? "⌘" : "Ctrl") : part))
    .join(" ");
}

/** The combination for `aria-keyshortcuts`. */
export function keysAria(keys: Keys, mac: boolean = isMac()): string {
  return keys.replace("Mod", mac ? "Meta" : "Control");
}

/** What of a keyboard event matters here. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** Whether a press is this combination. Shift is part of the character ("?"), so it is not compared. */
export function pressMatches(keys: Keys, press: KeyPress, mac: boolean = isMac()): boolean {
  const parts = keys.split("+");
  const wantsMod = parts[0] === "Mod";
  const key = parts.at(-1) ?? "";
  const mod = mac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey;
  const none = !press.ctrlKey && !press.metaKey;
  if (press.altKey || (wantsMod ? !mod : !none)) return false;
  return press.key.toLowerCase() === key.toLowerCase();
}

/** Whether a key pressed here writes text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range", "submit"].includes(target.type);
}
