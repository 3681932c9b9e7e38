import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceAmount, parseSmh, smhInputText, smhParts, smhShortText, smhText, smidgeText } from "./amountText";

const smidge = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

describe("amount text", () => {
  it("reads back what it writes, for every amount a coin can have", () => {
    fc.assert(
      fc.property(smidge, (amount) => {
        expect(parseSmh(smhInputText(amount))).toEqual({ smidge: amount });
        // The shown text with its groups is what people copy; one comma without decimals is refused on purpose.
        const shown = smhText(amount);
        const ambiguous = /^\d{1,3},\d{3}$/.test(shown);
        expect(parseSmh(shown)).toEqual(ambiguous ? { fault: "comma" } : { smidge: amount });
      }),
    );
  });

  it("never rounds: neighbours have different texts", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }), (amount) => {
        expect(smhText(amount)).not.toBe(smhText(amount - 1n));
        expect(smhShortText(amount)).not.toBe(smhShortText(amount - 1n));
      }),
    );
  });

  it.each([
    [0n, "0"],
    [1n, "0.000\u202f000\u202f001"],
    [500_000_000n, "0.500"],
    [12_500_036_218n, "12.500\u202f036\u202f218"],
    [1_284_067_215_300n, "1,284.067\u202f215\u202f3"],
    [-12_500_000_000n, "\u221212.500"],
    [9_999_999_999_999_999_999n, "9,999,999,999.999\u202f999\u202f999"],
    [18_446_744_073_709_551_615n, "18,446,744,073.709\u202f551\u202f615"],
  ])("%s smidge", (amount, text) => {
    expect(smhText(amount)).toBe(text);
  });

  it("puts a plus only before what came in", () => {
    expect(smhParts(1n, true).sign).toBe("+");
    expect(smhParts(0n, true).sign).toBe("");
    expect(smhParts(-1n, true).sign).toBe("\u2212");
  });

  it("groups smidge by commas", () => {
    expect(smidgeText(120_500_000_000n)).toBe("120,500,000,000");
    expect(smidgeText(-1_000n)).toBe("\u22121,000");
  });

  it("cuts the padding zeros in titles", () => {
    expect(smhShortText(12_500_000_000n)).toBe("12.5");
    expect(smhShortText(1_200_000_000_000n)).toBe("1,200");
  });
});

describe("amounts as devices write them", () => {
  it.each([
    ["SMH 12.5", 12_500_000_000n],
    ["SMH 0.000036218", 36_218n],
    ["SMIDGE 1", 1n],
    ["12.5 SMH", 12_500_000_000n],
    ["SMIDGE 1.5", undefined],
    ["many", undefined],
  ])("%s", (text, amount) => {
    expect(deviceAmount(text)).toBe(amount);
  });
});

describe("amounts as typed", () => {
  it.each([
    ["12.5", 12_500_000_000n],
    [" 12.5 SMH ", 12_500_000_000n],
    [".5", 500_000_000n],
    ["5.", 5_000_000_000n],
    ["0.000000001", 1n],
    ["0.0000000010", 1n],
    ["1 284.067 215 3", 1_284_067_215_300n],
    ["1,284.5", 1_284_500_000_000n],
    ["1,000,000", 1_000_000_000_000_000n],
    ["0", 0n],
  ])("%j", (text, amount) => {
    expect(parseSmh(text)).toEqual({ smidge: amount });
  });

  it.each([
    ["", "empty"],
    ["   ", "empty"],
    ["abc", "notANumber"],
    [".", "notANumber"],
    ["-1", "notANumber"],
    ["1e3", "notANumber"],
    ["0x10", "notANumber"],
    ["1.2.3", "notANumber"],
    ["1,5", "comma"],
    ["1,284", "comma"],
    ["1.284,5", "comma"],
    ["0.0000000001", "decimals"],
    ["18446744073.709551616", "tooLarge"],
  ])("%j is refused: %s", (text, fault) => {
    expect(parseSmh(text)).toEqual({ fault });
  });

  it("gives an amount or a fault for any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseSmh(text);
        if ("smidge" in parsed) expect(parsed.smidge >= 0n).toBe(true);
        else expect(parsed.fault).not.toBe("");
      }),
    );
  });
});
