/** How well typed words fit a command: every word must occur, in any order; starts of words count more. Pure. */

/** A score above 0, or 0 for no match. An empty query fits everything alike. */
export function matchScore(query: string, text: string): number {
  const hay = text.toLowerCase();
  let score = 1;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = hay.indexOf(word);
    if (at === -1) return 0;
    const startsWord = at === 0 || /[^\p{L}\p{N}]/u.test(hay[at - 1] ?? "");
    score += (startsWord ? 10 : 1) + (at === 0 ? 5 : 0);
  }
  return score;
}

/** The items that fit, best first; equal ones keep their order. */
export function bestMatches<T>(
  query: string,
  items: readonly T[],
  textOf: (item: T) => string,
): readonly T[] {
  return items
    .map((item) => ({ item, score: matchScore(query, textOf(item)) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
