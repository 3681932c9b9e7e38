import { describe, expect, it } from "vitest";
import { completeLast, replaceWord } from "./wordText";

describe("words being typed", () => {
  it("replaces one word and leaves the rest as it was typed", () => {
    expect(replaceWord("glory, abandn\nmaze", 2, "abandon")).toBe("glory, abandon\nmaze");
    expect(replaceWord("1. glory 2. maze", 2, "orbit")).toBe("1. glory 2. orbit");
  });

  it("completes the word at the end", () => {
    expect(completeLast("glory ma", "maze")).toBe("glory maze ");
    expect(completeLast("glory ", "maze")).toBe("glory maze ");
    expect(completeLast("", "maze")).toBe("maze ");
  });

  it("takes letters with accents as letters", () => {
    expect(replaceWord("ábaco abdomen", 1, "abeja")).toBe("abeja abdomen");
    expect(replaceWord("e\u0301cran loin", 2, "lointain")).toBe("e\u0301cran lointain");
  });
});
