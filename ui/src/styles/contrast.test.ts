// @vitest-environment node
/** The contrast table of the interface reference, section 2, recomputed from the tokens: a colour that is changed must still be readable. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function tokens(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("\n}", start));
  return new Map([...block.matchAll(/--c-([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

const light = tokens(":root");
const dark = new Map([...light, ...tokens('[data-theme="dark"]')]);

/** Relative luminance, WCAG 2.x. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(theme: Map<string, string>, a: string, b: string): number {
  const colour = (name: string) => {
    const value = theme.get(name);
    if (value === undefined) throw new Error(`no colour --c-${name}`);
    return luminance(value);
  };
  const [dim = 0, bright = 0] = [colour(a), colour(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dim + 0.05);
}

/** Pair, contrast in light and dark as the reference states them, least contrast needed. */
const table: [string, string, number, number, number][] = [
  ["ink", "bg", 16.3, 16.1, 4.5],
  ["ink", "surface", 17.9, 14.9, 4.5],
  ["ink-2", "bg", 7.4, 9.3, 4.5],
  ["ink-2", "surface", 8.1, 8.6, 4.5],
  ["ink-2", "sunken", 6.8, 7.6, 4.5],
  ["ink-3", "bg", 5.1, 6.5, 4.5],
  ["ink-3", "surface", 5.5, 6.1, 4.5],
  ["ink-3", "sunken", 4.6, 5.3, 4.5],
  ["line-strong", "bg", 3.5, 4.7, 3],
  ["line-strong", "surface", 3.8, 4.4, 3],
  ["line-strong", "sunken", 3.1, 3.9, 3],
  ["accent", "bg", 6.2, 9.6, 4.5],
  ["accent", "surface", 6.8, 8.9, 4.5],
  ["accent", "accent-tint", 5.7, 6.9, 4.5],
  ["on-accent", "accent", 6.8, 8.4, 4.5],
  ["on-accent", "accent-hover", 9.2, 10.2, 4.5],
  ["ink", "accent-tint", 14.9, 11.5, 4.5],
  ["ink", "warn-tint", 15.6, 12.5, 4.5],
  ["ink", "danger-tint", 15.0, 13.1, 4.5],
  ["warn", "bg", 6.6, 10.3, 4.5],
  ["warn", "warn-tint", 6.3, 8.0, 4.5],
  ["warn-mark", "bg", 3.6, 7.8, 3],
  ["warn-mark", "surface", 4.0, 7.2, 3],
  ["danger", "bg", 6.2, 8.8, 4.5],
  ["danger", "danger-tint", 5.7, 7.2, 4.5],
  ["on-danger", "danger", 6.7, 8.7, 4.5],
  ["layer-verified", "bg", 10.2, 11.7, 3],
  ["layer-applied", "bg", 3.1, 3.8, 3],
  ["layer-verified", "layer-applied", 3.3, 3.1, 3],
];

describe.each([
  ["light", light, 2],
  ["dark", dark, 3],
] as const)("contrast in %s", (_, theme, column) => {
  it.each(table)("%s on %s", (...row) => {
    const [foreground, background, , , needed] = row;
    const computed = contrast(theme, foreground, background);
    expect(computed).toBeGreaterThanOrEqual(needed);
    // The reference gives one digit.
    expect(Math.abs(computed - row[column])).toBeLessThan(0.1);
  });
});

describe("Mantine's mapping", () => {
  it("maps the primary shades to the accents of both themes", () => {
    const mapping = readFileSync(new URL("./mantine.css", import.meta.url), "utf8");
    expect(mapping).toContain(`--mantine-color-tide-6: ${light.get("accent") ?? "?"}`);
    expect(mapping).toContain(`--mantine-color-tide-4: ${dark.get("accent") ?? "?"}`);
  });
});
