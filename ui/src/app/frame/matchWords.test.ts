import { describe, expect, it } from "vitest";
import { matchWords } from "./matchWords";

describe("searching commands", () => {
  it("finds words in any order", () => {
    expect(matchWords("anna send", "Send to Anna", "")).toBeGreaterThan(0);
    expect(matchWords("send bob", "Send to Anna", "")).toBe(0);
  });

  it("ranks the beginning of a word before its middle and the title before other words", () => {
    expect(matchWords("sen", "Send coins", "")).toBeGreaterThan(matchWords("end", "Send coins", ""));
    expect(matchWords("pay", "Pay", "")).toBeGreaterThan(matchWords("pay", "Send", "pay"));
  });

  it("takes signs of patterns as text", () => {
    expect(matchWords("(", "Send", "")).toBe(0);
  });
});
