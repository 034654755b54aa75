/** What a command would change, worked out on the table before it is written: the record says exactly what happens. */
import { addAscending, type NumberRanges } from "../base/number-ranges.ts";
import type { ChangeRecord, PlacedRow } from "./change-record.ts";
import type { FlagChange, Flags } from "./flag-sets.ts";
import type { Tally } from "./mail-disk.ts";
import type { MessageTable } from "./message-table.ts";

export type Planned = { readonly record: ChangeRecord; readonly tally: Tally };
export type PlannedFlags = Planned & { readonly changed: NumberRanges; readonly modified: NumberRanges };

/** Calls `each` for every row whose UID is in the ranges, ascending. */
export function eachRow(
  table: MessageTable,
  uids: NumberRanges,
  each: (row: number, uid: number) => void,
): void {
  for (let i = 0; i < uids.length; i += 2) {
    const to = uids[i + 1] as number;
    for (let row = table.rowFrom(uids[i] as number); row < table.length; row++) {
      const uid = table.uids[row] as number;
      if (uid > to) break;
      each(row, uid);
    }
  }
}

export function planFlags(
  table: MessageTable,
  uids: NumberRanges,
  change: FlagChange,
  flags: readonly string[],
  unchangedSince: number = Infinity,
): PlannedFlags {
  const sets = table.flagSets;
  const afterChange = sets.changer(change, flags);
  const changed: number[] = [];
  const modified: number[] = [];
  /** How many messages leave each set: there are few sets, and a hundred thousand messages. */
  const leaving = new Uint32Array(sets.size);
  const { flags: column, modseqs } = table;
  eachRow(table, uids, (row, uid) => {
    if ((modseqs[row] as number) > unchangedSince) return addAscending(modified, uid);
    const before = column[row] as number;
    if (afterChange(before) === before) return;
    addAscending(changed, uid);
    leaving[before] = (leaving[before] as number) + 1;
  });
  let unseen = 0;
  let deleted = 0;
  leaving.forEach((count, before) => {
    if (count === 0) return;
    const after = afterChange(before);
    unseen += count * (Number(sets.isSeen(before)) - Number(sets.isSeen(after)));
    deleted += count * (Number(sets.isDeleted(after)) - Number(sets.isDeleted(before)));
  });
  const record = { kind: "flags", uids: changed, change, flags } as const;
  return { record, changed, modified, tally: { messages: 0, unseen, deleted, sizeBytes: 0 } };
}

/** `onlyDeleted`: those that have \Deleted. */
export function planExpunge(
  table: MessageTable,
  uids: NumberRanges,
  onlyDeleted: boolean,
): Planned & { readonly uids: NumberRanges; readonly emailIds: readonly number[] } {
  const isDeleted = table.flagSets.holders("\\Deleted");
  const isSeen = table.flagSets.holders("\\Seen");
  const gone: number[] = [];
  const emailIds: number[] = [];
  const tally = { messages: 0, unseen: 0, deleted: 0, sizeBytes: 0 };
  eachRow(table, uids, (row, uid) => {
    const set = table.flags[row] as number;
    if (onlyDeleted && isDeleted[set] !== 1) return;
    addAscending(gone, uid);
    emailIds.push(table.emailIds[row] as number);
    tally.messages--;
    tally.sizeBytes -= table.sizes[row] as number;
    tally.deleted -= isDeleted[set] as number;
    tally.unseen -= 1 - (isSeen[set] as number);
  });
  return { record: { kind: "expunged", uids: gone }, uids: gone, emailIds, tally };
}

/** The rows again, under UIDs from `firstUid` on, with those of their flags that `keeps` says. */
export function planCopy(
  table: MessageTable,
  uids: NumberRanges,
  firstUid: number,
  savedAt: number,
  keeps: (flag: string) => boolean = () => true,
): Planned & { readonly from: NumberRanges; readonly to: NumberRanges } {
  const local = new Map<number, number>();
  const flags: Flags[] = [];
  const [seen, deleted]: [boolean[], boolean[]] = [[], []];
  const rows: PlacedRow[] = [];
  const from: number[] = [];
  const tally = { messages: 0, unseen: 0, deleted: 0, sizeBytes: 0 };
  eachRow(table, uids, (row, uid) => {
    const set = table.flags[row] as number;
    let index = local.get(set);
    if (index === undefined) {
      local.set(set, (index = local.size));
      const kept = table.flagSets.flags(set).filter((flag) => keeps(flag));
      flags.push(kept);
      seen.push(kept.includes("\\Seen"));
      deleted.push(kept.includes("\\Deleted"));
    }
    addAscending(from, uid);
    const size = table.sizes[row] as number;
    const ids = [
      firstUid + rows.length,
      table.emailIds[row] as number,
      table.threadIds[row] as number,
    ] as const;
    rows.push([...ids, size, table.receivedAts[row] as number, savedAt, index]);
    tally.messages++;
    tally.sizeBytes += size;
    if (deleted[index] === true) tally.deleted++;
    if (seen[index] !== true) tally.unseen++;
  });
  const to = rows.length === 0 ? [] : [firstUid, firstUid + rows.length - 1];
  return { record: { kind: "placed", flags, rows }, from, to, tally };
}

/** What additions do to the numbers; `sizeBytes` as they will be served. */
export function tallyOf(
  messages: readonly { readonly flags: readonly string[]; readonly sizeBytes: number }[],
): Tally {
  const tally = { messages: messages.length, unseen: 0, deleted: 0, sizeBytes: 0 };
  for (const { flags, sizeBytes } of messages) {
    const lower = new Set(flags.map((flag) => flag.toLowerCase()));
    tally.sizeBytes += sizeBytes;
    if (!lower.has("\\seen")) tally.unseen++;
    if (lower.has("\\deleted")) tally.deleted++;
  }
  return tally;
}
