/**
 * The pseudo-locale: each sentence 40 % longer, with accents, in brackets, so that a text that overflows or bypasses the catalogue is seen.
 */

/** A tree of sentences. */
export interface Sentences {
  readonly [key: string]: string | Sentences;
}

const ACCENTED: Record<string, string> = {
  a: "á", e: "é", i: "í", o: "ó", u: "ú", n: "ñ", c: "ç", y: "ý", A: "Á", E: "É", I: "Í", O: "Ó", U: "Ú", N: "Ñ", C: "Ç", Y: "Ý", s: "š", S: "Š",
};

/** One sentence: places for values (`{{x}}`) and tags (`<b>`) stay as they are. */
export function pseudoSentence(sentence: string): string {
  const accented = sentence
    .split(/(\{\{[^}]*\}\}|<[^>]*>)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[A-Za-z]/g, (letter) => ACCENTED[letter] ?? letter)))
    .join("");
  const padding = "~".repeat(Math.ceil(sentence.length * 0.4));
  return `[${accented} ${padding}]`;
}

/** A whole catalogue. */
export function pseudo(sentences: Sentences): Sentences {
  return Object.fromEntries(
    Object.entries(sentences).map(([key, value]) => [key, typeof value === "string" ? pseudoSentence(value) : pseudo(value)]),
  );
}
