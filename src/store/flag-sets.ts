/**
 * Sets of flags and keywords, each held once and known by a small number: a mailbox of 100,000 messages has a handful
 * of combinations. A message's column holds the number; changing flags is one look into a table that remembers.
 * System flags are written `\Seen`; keywords keep the case they first came in, and are compared without it (RFC 9051 §2.3.2).
 */

export type FlagChange = "add" | "remove" | "replace";

/** Flags of a set, canonical: no duplicates, sorted. */
export type Flags = readonly string[];

/** Limit: RFC 9051 has none; a client that invents keywords without end would fill the table. */
export const KEYWORDS_MAX = 1_000;

const SYSTEM = ["\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen"] as const;

export const NO_FLAGS = 0;

export class FlagSets {
  readonly #sets: Flags[] = [[]];
  readonly #ids = new Map<string, number>([["", NO_FLAGS]]);
  /** Lower case to the spelling that came first. */
  readonly #spelling = new Map<string, string>(SYSTEM.map((flag) => [flag.toLowerCase(), flag]));
  readonly #seen: boolean[] = [false];
  readonly #deleted: boolean[] = [false];
  readonly #changes = new Map<string, (number | undefined)[]>();

  /** How many combinations there are; ids are 0 up to, and without, this. */
  get size(): number {
    return this.#sets.length;
  }

  /** Of a set: may be asked a hundred thousand times in a scan. */
  isSeen(id: number): boolean {
    return this.#seen[id] as boolean;
  }

  isDeleted(id: number): boolean {
    return this.#deleted[id] as boolean;
  }

  /** Every keyword ever used here, first spelling. */
  keywords(): string[] {
    return [...this.#spelling.values()].filter((flag) => !flag.startsWith("\\"));
  }

  flags(id: number): Flags {
    return this.#sets[id] as Flags;
  }

  id(flags: readonly string[]): number {
    const canonical = [...new Set(flags.map((flag) => this.#spell(flag)))].sort();
    const key = canonical.join(" ");
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#sets.push(canonical) - 1;
    this.#seen.push(canonical.includes("\\Seen"));
    this.#deleted.push(canonical.includes("\\Deleted"));
    this.#ids.set(key, id);
    return id;
  }

  has(id: number, flag: string): boolean {
    return (this.#sets[id] as Flags).includes(this.#spelling.get(flag.toLowerCase()) ?? flag);
  }

  /** One entry for each id: 1 where the set holds the flag. For scans over a column. */
  holders(flag: string): Uint8Array {
    const spelled = this.#spelling.get(flag.toLowerCase()) ?? flag;
    return Uint8Array.from(this.#sets, (set) => (set.includes(spelled) ? 1 : 0));
  }

  /** The set that `id` becomes; the same id where nothing changes. */
  changed(id: number, change: FlagChange, flags: readonly string[]): number {
    return this.changer(change, flags)(id);
  }

  /** `changed` for a whole column: one look into a table for each message. */
  changer(change: FlagChange, flags: readonly string[]): (id: number) => number {
    const key = `${change} ${flags.join(" ")}`;
    let known = this.#changes.get(key);
    if (known === undefined) {
      // Limit: clients repeat few changes; the memory of them starts anew rather than grow.
      if (this.#changes.size > 256) this.#changes.clear();
      this.#changes.set(key, (known = []));
    }
    const after = known;
    return (id) => (after[id] ??= this.#change(id, change, flags));
  }

  #change(id: number, change: FlagChange, flags: readonly string[]): number {
    if (change === "replace") return this.id(flags);
    const spelled = new Set(flags.map((flag) => this.#spell(flag)));
    const before = this.#sets[id] as Flags;
    return this.id(change === "add" ? [...before, ...spelled] : before.filter((flag) => !spelled.has(flag)));
  }

  #spell(flag: string): string {
    const key = flag.toLowerCase();
    const known = this.#spelling.get(key);
    if (known !== undefined) return known;
    this.#spelling.set(key, flag);
    return flag;
  }
}
