/** Sets of flags as the bytes of `(\Seen $Junk)`, made once for each combination of a mailbox. */
import type { FlagSets } from "../../store/flag-sets.ts";

export class FlagTexts {
  readonly #texts = new WeakMap<FlagSets, Uint8Array[]>();

  /** Indexed by the number of the set; complete for all that exist now. */
  of(sets: FlagSets): readonly Uint8Array[] {
    let texts = this.#texts.get(sets);
    if (texts === undefined) this.#texts.set(sets, (texts = []));
    for (let id = texts.length; id < sets.size; id++)
      texts.push(Buffer.from(`(${sets.flags(id).join(" ")})`));
    return texts;
  }
}
