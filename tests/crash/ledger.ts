/**
 * What a process that will be killed says it has done, one line each on its standard output, and the contents it does
 * it with: made from the name alone, so that whoever looks afterwards knows every byte.
 *
 *     added ID        the spool has acknowledged the message
 *     noted ID N      the spool has acknowledged note number N
 *     removing ID     its removal was asked for: it may be there or not from now on
 *     delivering ID   the store is being asked to take it
 *     delivered ID    the store has acknowledged it
 */
import { Buffer } from "node:buffer";

export type Ledger = {
  readonly added: Set<string>;
  readonly notes: Map<string, number>;
  readonly removing: Set<string>;
  readonly delivering: Set<string>;
  readonly delivered: Set<string>;
  /** Those whose bytes in the store were looked at in an earlier round. */
  readonly read: Set<string>;
};

export function emptyLedger(): Ledger {
  const sets = { added: new Set<string>(), removing: new Set<string>(), read: new Set<string>() };
  return { ...sets, notes: new Map(), delivering: new Set(), delivered: new Set() };
}

/** Adds whole lines; a last line without its end was never said. */
export function readLedger(ledger: Ledger, text: string): void {
  const lines = text.split("\n");
  lines.pop();
  for (const line of lines) {
    const [what, id = "", number] = line.split(" ");
    if (what === "noted") ledger.notes.set(id, Number(number));
    else if (what === "added" || what === "removing" || what === "delivering" || what === "delivered") {
      ledger[what].add(id);
    } else throw new Error(`not a line of the ledger: ${line}`);
  }
}

/** 20 bytes to 30 KB, different for each id. */
export function contentOf(id: string): Buffer {
  let hash = 7;
  for (const letter of id) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  return Buffer.alloc(20 + (hash % (hash % 5 === 0 ? 30_000 : 3_000)), `${id} `);
}

export function noteOf(id: string, number: number): Buffer {
  return Buffer.from(`${id} note ${number}`);
}
