import { describe, expect, it } from "vitest";
import { actions } from "./actions";
import { isTyping, keysAria, keysText, pressMatches, type KeyPress } from "./shortcuts";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

describe("shortcuts", () => {
  it("belong to one action each", () => {
    const keys = actions.flatMap((action) => (action.keys === undefined ? [] : [action.keys.toLowerCase()]));
    expect(new Set(keys).size).toBe(keys.length);
    const ids = actions.map((action) => action.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("take Ctrl elsewhere and the command key on macOS", () => {
    expect(pressMatches("Mod+K", press("k", { ctrlKey: true }), false)).toBe(true);
    expect(pressMatches("Mod+K", press("k", { metaKey: true }), false)).toBe(false);
    expect(pressMatches("Mod+K", press("k", { metaKey: true }), true)).toBe(true);
    expect(pressMatches("Mod+K", press("k", { ctrlKey: true }), true)).toBe(false);
  });

  it("leave plain letters with a modifier to the browser", () => {
    expect(pressMatches("S", press("s"), false)).toBe(true);
    expect(pressMatches("S", press("S"), false)).toBe(true);
    expect(pressMatches("S", press("s", { ctrlKey: true }), false)).toBe(false);
    expect(pressMatches("S", press("s", { altKey: true }), false)).toBe(false);
    expect(pressMatches("?", press("?"), false)).toBe(true);
  });

  it("are written as people read them", () => {
    expect(keysText("Mod+K", false)).toBe("Ctrl K");
    expect(keysText("Mod+K", true)).toBe("⌘ K");
    expect(keysAria("Mod+1", false)).toBe("Control+1");
  });

  it("stand back while something is typed", () => {
    const input = document.createElement("input");
    const box = document.createElement("input");
    box.type = "checkbox";
    expect(isTyping(input)).toBe(true);
    expect(isTyping(document.createElement("textarea"))).toBe(true);
    expect(isTyping(box)).toBe(false);
    expect(isTyping(document.body)).toBe(false);
  });
});
