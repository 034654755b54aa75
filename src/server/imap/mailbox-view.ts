/**
 * What one session believes its selected mailbox holds: which UID each sequence number means (RFC 9051 §2.3.1.2). It
 * shares the table's columns until they differ, and finds what to tell by comparing itself with the table: nobody
 * queues events for it. It never waits and never fails.
 */
import { addAscending, NO_NUMBERS, type NumberRanges } from "../../base/number-ranges.ts";
import type { MessageTable } from "../../store/message-table.ts";

/** What the client must hear, in this order, to be where the table is. */
export type ViewChanges = {
  /** Sequence numbers as they were before any of these went, ascending. */
  readonly expunged: readonly number[];
  /** The same messages by UID. */
  readonly vanished: NumberRanges;
  /** The new number of messages, where it grew. */
  readonly exists: number | undefined;
  /** Rows of the view (from 0) whose flags changed since they were last told. */
  readonly flagged: readonly number[];
};

export class MailboxView {
  readonly table: MessageTable;
  /** Ascending; the first `length` count. Shared with the table: never written to. */
  uids: Uint32Array;
  length: number;
  /** All changes of flags up to here were told. */
  flagsSeen: number;
  /** The latest expunge that was told. */
  expungeSeen: number;

  constructor(table: MessageTable) {
    this.table = table;
    this.uids = table.uids;
    this.length = table.length;
    this.flagsSeen = table.highestModseq;
    this.expungeSeen = table.expungeModseq;
  }

  /** Rows of the view are rows of the table. */
  get isAligned(): boolean {
    return this.expungeSeen === this.table.expungeModseq;
  }

  get hasNews(): boolean {
    const { table } = this;
    return !this.isAligned || table.length !== this.length || table.flagsModseq > this.flagsSeen;
  }

  /** The table's row of a row of the view, or -1 when the message is gone. */
  tableRow(row: number): number {
    return this.isAligned ? row : this.table.rowOf(this.uids[row] as number);
  }

  /** The first row whose UID is not below `uid`. */
  rowFrom(uid: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.uids[middle] as number) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  rowOf(uid: number): number {
    const row = this.rowFrom(uid);
    return row < this.length && this.uids[row] === uid ? row : -1;
  }

  /** UIDs of rows given as `[from, to, …]`, both inside. */
  uidsOf(rows: NumberRanges): number[] {
    const uids: number[] = [];
    for (let i = 0; i < rows.length; i += 2) {
      for (let row = rows[i] as number; row <= (rows[i + 1] as number); row++)
        addAscending(uids, this.uids[row] as number);
    }
    return uids;
  }

  /**
   * Moves to where the table is, and says what is new. Without `mayExpunge` (RFC 9051 §7.5.1) messages that went keep
   * their numbers, and new ones wait with them. `known`: the modseq of a change that need not be told.
   */
  catchUp(mayExpunge: boolean, known = 0): ViewChanges {
    const { table } = this;
    let expunged: readonly number[] = NO_NUMBERS;
    let vanished: NumberRanges = NO_NUMBERS;
    if (!this.isAligned && mayExpunge) ({ expunged, vanished } = this.#dropGone());
    const flagged = this.#flagged(known);
    let exists: number | undefined;
    if (this.isAligned) {
      if (table.length > this.length) exists = table.length;
      this.uids = table.uids;
      this.length = table.length;
    }
    return { expunged, vanished, exists, flagged };
  }

  #dropGone(): { expunged: number[]; vanished: number[] } {
    const { table, uids, length } = this;
    const expunged: number[] = [];
    const vanished: number[] = [];
    let kept = 0;
    for (let row = 0; row < length; row++) {
      const uid = uids[row] as number;
      if (kept < table.length && table.uids[kept] === uid) kept++;
      else {
        expunged.push(row + 1);
        addAscending(vanished, uid);
      }
    }
    this.uids = table.uids;
    this.length = kept;
    this.expungeSeen = table.expungeModseq;
    return { expunged, vanished };
  }

  #flagged(known: number): number[] {
    const { table, flagsSeen, length } = this;
    const flagged: number[] = [];
    if (table.flagsModseq <= flagsSeen) return flagged;
    const { modseqs, createdModseqs } = table;
    // A message that is new and was not changed since has told what there is with EXISTS.
    const isNews = (at: number): boolean => {
      const modseq = modseqs[at] as number;
      return modseq > flagsSeen && modseq !== known && modseq !== createdModseqs[at];
    };
    const { isAligned } = this;
    for (let row = 0; row < length; row++) {
      const at = isAligned ? row : table.rowOf(this.uids[row] as number);
      if (at >= 0 && isNews(at)) flagged.push(row);
    }
    this.flagsSeen = table.highestModseq;
    return flagged;
  }
}
