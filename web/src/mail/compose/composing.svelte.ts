/**
 * Which letter is open, as the address says it: `new`, `reply:3-7`, `draft:3-9`. A draft gets a new id with each saving;
 * the address follows, and the letter stays the same one.
 */
export type Start = {
  readonly kind: "new" | "reply" | "replyAll" | "forward" | "again" | "draft";
  readonly message: string | undefined;
  readonly mailto: string | undefined;
};

class Composing {
  /** Rises with each letter that is opened; undefined while none is. */
  letter = $state.raw<{ readonly number: number; readonly start: Start } | undefined>(undefined);
  #at = "";
  #number = 0;

  /** The address says another letter, or none. */
  follow(value: string, mailto: string | undefined): void {
    if (value === this.#at) return;
    this.#at = value;
    const start = startOf(value, mailto);
    this.letter = start === undefined ? undefined : { number: (this.#number += 1), start };
  }

  /** The letter that is open now goes by this. */
  moved(value: string): void {
    this.#at = value;
  }
}
export const composing = new Composing();

function startOf(value: string, mailto: string | undefined): Start | undefined {
  const match = /^(new|reply|replyAll|forward|again|draft)(?::(\d+-\d+))?$/.exec(value);
  if (match === null) return undefined;
  const kind = match[1] as Start["kind"];
  if (kind !== "new" && match[2] === undefined) return undefined;
  return { kind, message: match[2], mailto };
}
