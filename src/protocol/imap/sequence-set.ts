/**
 * A sequence-set as it was written (RFC 9051 §9): what `*` and `$` stand for is known only to the mailbox.
 *
 *     sequence-set  =/ (seq-number / seq-range) ["," sequence-set] / "$"
 *     seq-range     =  seq-number ":" seq-number
 *     seq-number    =  nz-number / "*"
 */

/** Stands for `*`, the largest number in use: above all others. */
export const STAR = Number.POSITIVE_INFINITY;

export type SequenceSet =
  | {
      readonly kind: "numbers";
      /** In the order and with the ends as written; a single number is both. */
      readonly pairs: readonly (readonly [from: number, to: number])[];
    }
  /** `$`: the result saved by the last SEARCH (RFC 5182). */
  | { readonly kind: "saved" };
