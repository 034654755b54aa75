/**
 * One change to a mailbox's messages as it is written to the log, and what it does to a table: the same when it has
 * just become durable and when it is read back. Flags of a thousand messages are one record.
 */
import { addAscending, type NumberRanges } from "../base/number-ranges.ts";
import type { FlagChange } from "./flag-sets.ts";
import type { MessageTable } from "./message-table.ts";

/** uid, emailId, threadId, sizeBytes, receivedAt, savedAt, index into the record's flags. */
export type PlacedRow = readonly [number, number, number, number, number, number, number];

export type ChangeRecord =
  | {
      readonly kind: "placed";
      readonly flags: readonly (readonly string[])[];
      readonly rows: readonly PlacedRow[];
    }
  /** `uids` are exactly those that changed. */
  | {
      readonly kind: "flags";
      readonly uids: NumberRanges;
      readonly change: FlagChange;
      readonly flags: readonly string[];
    }
  | { readonly kind: "expunged"; readonly uids: NumberRanges };

/** As text, so that any database keeps it and a person can read it. */
export function formatRecord(record: ChangeRecord): string {
  return JSON.stringify(record);
}

export function parseRecord(text: string): ChangeRecord {
  return JSON.parse(text) as ChangeRecord;
}

/** Returns the UIDs it touched. */
export function applyRecord(table: MessageTable, modseq: number, record: ChangeRecord): NumberRanges {
  switch (record.kind) {
    case "placed": {
      const sets = record.flags.map((flags) => table.flagSets.id(flags));
      const uids: number[] = [];
      for (const [uid, emailId, threadId, sizeBytes, receivedAt, savedAt, flags] of record.rows) {
        if (table.length > 0 && uid <= (table.uids[table.length - 1] as number)) continue; // a page has it already
        const flagSet = sets[flags] as number;
        const ids = { uid, emailId, threadId, flagSet };
        table.append({ ...ids, modseq, createdModseq: modseq, sizeBytes, receivedAt, savedAt });
        addAscending(uids, uid);
      }
      return uids;
    }
    case "flags":
      return table.changeFlags(record.uids, record.change, record.flags, modseq);
    case "expunged":
      table.expunge(record.uids, modseq);
      return record.uids;
  }
}
