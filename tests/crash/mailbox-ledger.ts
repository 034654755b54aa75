/**
 * What a process that changes mailboxes and will be killed says of itself, a line before each deed and one after it,
 * and what may be there when it was killed in between: all of the deed, or nothing of it.
 *
 *     try WORKER {deed}          it is about to be asked for
 *     done WORKER {deed} [uid]   the store has acknowledged it; the UIDs of what is new
 */

/** On all that this worker has in a mailbox, but `append`. */
export type Deed =
  | { readonly what: "append"; readonly box: string; readonly ids: readonly string[] }
  | {
      readonly what: "copy" | "move";
      readonly box: string;
      readonly to: string;
      readonly uids: readonly number[];
    }
  | {
      readonly what: "add" | "remove";
      readonly box: string;
      readonly flag: string;
      readonly uids: readonly number[];
    }
  | { readonly what: "expunge"; readonly box: string; readonly uids: readonly number[] };

/** A message as it stands somewhere; UID 0 while nobody has told it. */
export type Standing = {
  readonly box: string;
  readonly uid: number;
  readonly id: string;
  readonly flags: readonly string[];
};

export type MailboxLedger = {
  /** By worker: what it has, as far as it was acknowledged. */
  readonly standing: Map<number, Standing[]>;
  /** What each worker was about to do when it was killed. */
  readonly tried: Map<number, Deed>;
  /** Which message a UID of a mailbox was given to, ever. */
  readonly given: Map<string, string>;
  deeds: number;
};

export function emptyMailboxLedger(): MailboxLedger {
  return { standing: new Map(), tried: new Map(), given: new Map(), deeds: 0 };
}

/** Adds whole lines; a last line without its end was never said. */
export function readMailboxLedger(ledger: MailboxLedger, text: string): void {
  const lines = text.split("\n");
  lines.pop();
  ledger.tried.clear();
  for (const line of lines) {
    const [, what = "", worker = "", json = "{}", uids] =
      /^(\w+) (\d+) (\{.*?\})(?: (\[.*\]))?$/.exec(line) ?? [];
    const deed = JSON.parse(json) as Deed;
    if (what === "try") ledger.tried.set(Number(worker), deed);
    else if (what === "done") {
      ledger.tried.delete(Number(worker));
      ledger.deeds++;
      const before = ledger.standing.get(Number(worker)) ?? [];
      ledger.standing.set(Number(worker), after(before, deed, JSON.parse(uids ?? "[]") as number[]));
    } else throw new Error(`not a line of the ledger: ${line}`);
  }
}

/** What stands after a deed; without `uids` the new ones have UID 0. */
export function after(standing: readonly Standing[], deed: Deed, uids: readonly number[] = []): Standing[] {
  if (deed.what === "append") {
    const { box, ids } = deed;
    return [...standing, ...ids.map((id, n): Standing => ({ box, uid: uids[n] ?? 0, id, flags: [] }))];
  }
  const isMeant = ({ box, uid }: Standing): boolean => box === deed.box && deed.uids.includes(uid);
  const meant = standing.filter(isMeant);
  const others = standing.filter((one) => !isMeant(one));
  switch (deed.what) {
    case "expunge":
      return others;
    case "copy":
    case "move": {
      const placed = meant.map((one, n): Standing => ({ ...one, box: deed.to, uid: uids[n] ?? 0 }));
      return [...(deed.what === "copy" ? standing : others), ...placed];
    }
    case "add":
    case "remove":
      return standing.map((one) => {
        if (!isMeant(one)) return one;
        const rest = one.flags.filter((flag) => flag !== deed.flag);
        return { ...one, flags: deed.what === "add" ? [...rest, deed.flag] : rest };
      });
  }
}
