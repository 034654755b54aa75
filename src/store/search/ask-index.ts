/** Asks an index about the rows of a mailbox: what it rules out, and where it is right about the rest too. */
import {
  hasBit,
  SPAN_EMAILS,
  type IndexAnswer,
  type IndexedField,
  type SearchIndex,
} from "./search-index.ts";

/** Spans asked between two pauses: about a millisecond. */
const SPANS_A_PAUSE = 32;

export type Indexed = {
  /** Those of `among` that are not ruled out. */
  readonly mask: Uint8Array;
  /** 1: `mask` has the answer. */
  readonly sure: Uint8Array;
};

export async function askIndex(
  index: SearchIndex,
  field: IndexedField,
  folded: string,
  among: Uint8Array,
  emailIds: ArrayLike<number>,
  pause: () => Promise<void>,
): Promise<Indexed> {
  const mask = among.slice();
  const sure = new Uint8Array(among.length);
  // Half a character has no octets to look for.
  if (folded === "" || !folded.isWellFormed()) return { mask, sure };
  const answers = new Map<number, IndexAnswer | undefined>();
  let span = -1;
  let answer: IndexAnswer | undefined;
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] !== 1) continue;
    const id = emailIds[row] as number;
    const bit = id % SPAN_EMAILS;
    if (span !== (id - bit) / SPAN_EMAILS) {
      span = (id - bit) / SPAN_EMAILS;
      if (answers.has(span)) answer = answers.get(span);
      else {
        answers.set(span, (answer = index.look(span, field, folded)));
        if (answers.size % SPANS_A_PAUSE === 0) await pause();
      }
    }
    if (answer === undefined || !hasBit(answer.known, bit)) continue;
    if (!hasBit(answer.maybe, bit)) mask[row] = 0;
    else if (answer.isExact) sure[row] = 1;
  }
  return { mask, sure };
}
