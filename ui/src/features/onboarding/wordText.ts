/** Changing one word of a text of words without touching the rest. Words are separated by anything that is no letter. */

const WORD = /[\p{L}\p{M}]+/gu;

/** Puts `word` in the place of the word at `position`, counted from 1. */
export function replaceWord(text: string, position: number, word: string): string {
  let at = 0;
  return text.replace(WORD, (found) => {
    at += 1;
    return at === position ? word : found;
  });
}

/** Completes the word at the end and opens the place of the next one. */
export function completeLast(text: string, word: string): string {
  const last = [...text.matchAll(WORD)].at(-1);
  const kept = last !== undefined && last.index + last[0].length === text.length ? text.slice(0, last.index) : text;
  return `${kept}${word} `;
}
