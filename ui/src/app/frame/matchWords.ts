/** How well a query fits: every word of it must begin a word, or at least occur, in the title or the other words. 0: not at all. */
export function matchWords(query: string, title: string, others: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const inTitle = title.toLowerCase();
  const inOthers = others.toLowerCase();
  let rank = 0;
  for (const word of words) {
    const best = Math.max(fit(word, inTitle) * 2, fit(word, inOthers));
    if (best === 0) return 0;
    rank += best;
  }
  return rank;
}

function fit(word: string, text: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return 3;
  return new RegExp(`(^|[^\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`, "u").test(text) ? 2 : 1;
}
