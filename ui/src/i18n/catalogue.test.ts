// @vitest-environment node
/** Every sentence of the catalogue is used somewhere, and keys that are put together at run time exist. The compiler checks the rest. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { pseudo, pseudoSentence, type Sentences } from "./pseudo";

const root = fileURLToPath(new URL("..", import.meta.url));

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return path.endsWith(join("i18n", "en")) ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) && entry.name !== "bindings.ts" ? [readFileSync(path, "utf8")] : [];
  });
}

function keys(tree: Sentences, prefix: string): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [`${prefix}${key}`] : keys(value, `${prefix}${key}.`)));
}

const code = sources(root).join("\n");
/** Keys written in the code, as `ns:a.b` or `a.b`; a `${…}` stands for one part. */
const written = [...code.matchAll(/["'`]([A-Za-z][\w]*:)?([A-Za-z_][\w]*(?:\.(?:\w+|\$\{[^}]*\})+)*|(?:\w+\.)*\$\{[^}]*\}(?:\.\w+)*)["'`]/g)].map((match) => ({
  namespace: match[1]?.slice(0, -1),
  pattern: match[2] ?? "",
}));
const plain = new Set(written.filter(({ pattern }) => !pattern.includes("$")).flatMap(({ namespace, pattern }) => (namespace === undefined ? [pattern] : [pattern, `${namespace}:${pattern}`])));
// A pattern without any literal part (`frame:${label}`) says nothing: what fills it is written out somewhere.
const patterns = written.filter(({ pattern }) => pattern.includes("$") && /^\w|\.\w/.test(pattern.replace(/\$\{[^}]*\}/g, ""))).map(({ namespace, pattern }) => ({ namespace, test: new RegExp(`^${pattern.replace(/\./g, "\\.").replace(/\$\{[^}]*\}/g, "[\\w]+(?:\\.\\w+)*")}$`) }));

describe("the catalogue", () => {
  it.each(Object.keys(en))("%s: every sentence is used", (namespace) => {
    const unused = keys(en[namespace as keyof typeof en], "").filter((key) => {
      const base = key.replace(/_(zero|one|two|few|many|other)$/, "");
      return !plain.has(base) && !plain.has(`${namespace}:${base}`) && !patterns.some((pattern) => (pattern.namespace === undefined || pattern.namespace === namespace) && pattern.test.test(base));
    });
    expect(unused).toEqual([]);
  });

  it("has both plural forms wherever it has one", () => {
    for (const [namespace, tree] of Object.entries(en)) {
      const all = keys(tree, "");
      for (const key of all.filter((candidate) => candidate.endsWith("_one"))) expect(all, `${namespace}:${key}`).toContain(key.replace(/_one$/, "_other"));
    }
  });

  it("has no sentence with typewriter quotes, double spaces or three dots", () => {
    for (const [namespace, tree] of Object.entries(en)) {
      const walk = (node: Sentences, path: string): void => {
        for (const [key, value] of Object.entries(node)) {
          if (typeof value === "string") expect(value, `${namespace}:${path}${key}`).not.toMatch(/[a-z]'[a-z]| {2}|\.\.\./);
          else walk(value, `${path}${key}.`);
        }
      };
      walk(tree, "");
    }
  });
});

describe("the pseudo-locale", () => {
  it("is at least 40 % longer and keeps places and tags", () => {
    const text = pseudoSentence("Send <b>{{amount}}</b> to {{name}}");
    expect(text).toContain("<b>{{amount}}</b>");
    expect(text).toContain("{{name}}");
    expect(text.length).toBeGreaterThanOrEqual("Send <b>{{amount}}</b> to {{name}}".length * 1.4);
  });

  it("has the keys of English", () => {
    expect(keys(pseudo(en as unknown as Sentences), "")).toEqual(keys(en as unknown as Sentences, ""));
  });
});
