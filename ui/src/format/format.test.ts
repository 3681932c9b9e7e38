import { beforeAll, describe, expect, it } from "vitest";
import { startCatalogue } from "../i18n";
import { formatBytes, formatBytesOf, formatCount, formatDuration, formatInstant, formatPercent, fraction, significant } from ".";

beforeAll(() => {
  startCatalogue();
});

const now = Date.UTC(2026, 10, 18, 14, 32);
const zone = "Europe/Berlin";

describe("instants", () => {
  it.each([
    [Date.UTC(2026, 10, 18, 17, 25), "today 18:25"],
    [Date.UTC(2026, 10, 22, 20, 0), "Sun 21:00"],
    [Date.UTC(2026, 10, 8, 13, 10), "Sun 8 Nov 14:10"],
    [Date.UTC(2027, 0, 4, 8, 0), "Mon 4 Jan 2027 09:00"],
    [Date.UTC(2026, 10, 18, 23, 30), "Thu 00:30"],
  ])("%d reads %s", (at, text) => {
    expect(formatInstant(at, now, zone)).toBe(text);
  });

  it("writes the same instant in the viewer's zone", () => {
    expect(formatInstant(now, now, "UTC")).toBe("today 14:32");
    expect(formatInstant(now, now, "Asia/Kolkata")).toBe("today 20:02");
  });

  it("never calls a date of next week by its weekday alone", () => {
    expect(formatInstant(now + 7 * 86_400_000 - 60_000, now, zone)).toBe("Wed 25 Nov 15:31");
  });
});

describe("durations", () => {
  it.each([
    [0, "less than 1 s"],
    [8, "8 s"],
    [185, "3 min 5 s"],
    [599.6, "10 min"],
    [3599, "1 h"],
    [27_600, "7 h 40 min"],
    [12 * 86_400 + 14 * 3600, "12 days 14 h"],
    [86_399, "1 day"],
    [-5, "less than 1 s"],
  ])("%d s reads %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe("sizes and counts", () => {
  it.each([
    ["0", "0 B"],
    ["16384", "16 KiB"],
    ["274877906944", "256 GiB"],
    ["169866012262", "158.2 GiB"],
    ["1099511627776", "1 TiB"],
    ["18446744073709551615", "16 EiB"],
    ["1098437885952", "1,023 GiB"],
  ])("%s bytes read %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("writes a shared unit once", () => {
    expect(formatBytesOf("169866012262", "274877906944")).toBe("158.2 of 256 GiB");
    expect(formatBytesOf("16384", "274877906944")).toBe("16 KiB of 256 GiB");
  });

  it("keeps every digit of a count above 2^53", () => {
    expect(formatCount("18446744073709551615")).toBe("18,446,744,073,709,551,615");
  });

  it("never says all before all is done", () => {
    expect(formatPercent(9_999_999n, 10_000_000n)).toBe("99.9 %");
    expect(formatPercent(10n, 10n)).toBe("100.0 %");
    expect(formatPercent(0n, 0n)).toBe("0.0 %");
    expect(fraction(1n, 4n)).toBe(0.25);
  });

  it("keeps three significant digits of a rate", () => {
    expect(significant(624_137, 3)).toBe(624_000);
    expect(significant(15.6, 3)).toBe(16);
    expect(significant(0, 3)).toBe(0);
    expect(significant(Number.NaN, 3)).toBe(0);
  });
});
