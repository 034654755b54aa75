/**
 * The messages of one mailbox as columns, in memory while somebody has it open: row i is the i-th message by UID. It
 * only ever shows what is on disk: a change is written first and applied afterwards. Sessions keep `uids` and `length`
 * as their own view (RFC 9051 §2.3.1.2): additions never touch the rows before them, and an expunge makes new columns.
 */
import { addAscending, type NumberRanges } from "../base/number-ranges.ts";
import { type FlagChange, FlagSets } from "./flag-sets.ts";

/** One message as it stands in a mailbox: a placement. The same e-mail may stand in others. */
export type MessageRow = {
  readonly uid: number;
  /** Index into the table's `flagSets`. */
  readonly flagSet: number;
  /** Of the change that last touched it (RFC 7162). */
  readonly modseq: number;
  /** Of the change that brought it here. */
  readonly createdModseq: number;
  /** Octets of the message as it is served. */
  readonly sizeBytes: number;
  /** INTERNALDATE, ms since 1970 UTC. */
  readonly receivedAt: number;
  /** SAVEDATE (RFC 8514): when it came into this mailbox, ms. */
  readonly savedAt: number;
  /** The e-mail's id in its account: shared by its copies (RFC 8474 EMAILID). */
  readonly emailId: number;
  readonly threadId: number;
};

/** Uids that went with one change. */
export type Expunged = { readonly modseq: number; readonly uids: NumberRanges };

type Columns = {
  uids: Uint32Array;
  flags: Uint32Array;
  modseqs: Float64Array;
  createdModseqs: Float64Array;
  sizes: Uint32Array;
  receivedAts: Float64Array;
  savedAts: Float64Array;
  emailIds: Uint32Array;
  threadIds: Uint32Array;
};

const CAPACITY_MIN = 16;

export class MessageTable {
  readonly flagSets = new FlagSets();
  /** Ascending; only the first `length` count. Never changed in place below `length`. */
  uids: Uint32Array = new Uint32Array(CAPACITY_MIN);
  length = 0;
  flags: Uint32Array = new Uint32Array(CAPACITY_MIN);
  modseqs: Float64Array = new Float64Array(CAPACITY_MIN);
  createdModseqs: Float64Array = new Float64Array(CAPACITY_MIN);
  sizes: Uint32Array = new Uint32Array(CAPACITY_MIN);
  receivedAts: Float64Array = new Float64Array(CAPACITY_MIN);
  savedAts: Float64Array = new Float64Array(CAPACITY_MIN);
  emailIds: Uint32Array = new Uint32Array(CAPACITY_MIN);
  threadIds: Uint32Array = new Uint32Array(CAPACITY_MIN);
  /** Modseq of the latest change of each kind: a session that has seen it need not look. */
  flagsModseq = 0;
  expungeModseq = 0;
  highestModseq = 0;
  /** What was expunged, oldest first; before `expungedSince` it is no longer known. */
  expunged: Expunged[] = [];
  expungedSince = 0;

  /** The row of a UID, or -1. */
  rowOf(uid: number): number {
    const row = this.rowFrom(uid);
    return row < this.length && this.uids[row] === uid ? row : -1;
  }

  /** The first row whose UID is not below `uid`; `length` when there is none. */
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

  row(index: number): MessageRow {
    return {
      uid: this.uids[index] as number,
      flagSet: this.flags[index] as number,
      modseq: this.modseqs[index] as number,
      createdModseq: this.createdModseqs[index] as number,
      sizeBytes: this.sizes[index] as number,
      receivedAt: this.receivedAts[index] as number,
      savedAt: this.savedAts[index] as number,
      emailId: this.emailIds[index] as number,
      threadId: this.threadIds[index] as number,
    };
  }

  /** Makes room for that many messages in all. */
  reserve(count: number): void {
    if (count > this.uids.length) this.#grow(count);
  }

  /** A message at the end: its UID is above all others. */
  append(row: MessageRow): void {
    const at = this.length;
    if (at === this.uids.length) this.#grow(at + 1);
    this.uids[at] = row.uid;
    this.flags[at] = row.flagSet;
    this.modseqs[at] = row.modseq;
    this.createdModseqs[at] = row.createdModseq;
    this.sizes[at] = row.sizeBytes;
    this.receivedAts[at] = row.receivedAt;
    this.savedAts[at] = row.savedAt;
    this.emailIds[at] = row.emailId;
    this.threadIds[at] = row.threadId;
    this.length = at + 1;
    if (row.modseq > this.highestModseq) this.highestModseq = row.modseq;
  }

  /** Changes the flags of those UIDs that are here; a message whose flags stay as they are keeps its modseq. Returns which changed. */
  changeFlags(uids: NumberRanges, change: FlagChange, flags: readonly string[], modseq: number): number[] {
    const changed: number[] = [];
    const afterChange = this.flagSets.changer(change, flags);
    for (let i = 0; i < uids.length; i += 2) {
      const to = uids[i + 1] as number;
      for (let row = this.rowFrom(uids[i] as number); row < this.length; row++) {
        const uid = this.uids[row] as number;
        if (uid > to) break;
        const before = this.flags[row] as number;
        const after = afterChange(before);
        if (after === before) continue;
        this.flags[row] = after;
        this.modseqs[row] = modseq;
        addAscending(changed, uid);
      }
    }
    if (changed.length > 0) this.flagsModseq = this.highestModseq = modseq;
    return changed;
  }

  /** Whether any of these UIDs is here. */
  hasAny(uids: NumberRanges): boolean {
    for (let i = 0; i < uids.length; i += 2) {
      const row = this.rowFrom(uids[i] as number);
      if (row < this.length && (this.uids[row] as number) <= (uids[i + 1] as number)) return true;
    }
    return false;
  }

  /** Takes those UIDs that are here away; returns which. */
  expunge(uids: NumberRanges, modseq: number): number[] {
    const gone: number[] = [];
    /** Rows that stay, as [from, to, from, to …), `to` outside. */
    const stay: number[] = [];
    let next = 0;
    for (let i = 0; i < uids.length; i += 2) {
      const last = uids[i + 1] as number;
      const from = this.rowFrom(uids[i] as number);
      let row = from;
      for (; row < this.length && (this.uids[row] as number) <= last; row++)
        addAscending(gone, this.uids[row] as number);
      if (row === from) continue;
      if (from > next) stay.push(next, from);
      next = row;
    }
    if (gone.length === 0) return gone;
    if (next < this.length) stay.push(next, this.length);
    this.#take(stay);
    this.expunged.push({ modseq, uids: gone });
    this.expungeModseq = this.highestModseq = modseq;
    return gone;
  }

  /** New columns with only those rows: old views keep the old ones. */
  #take(stay: readonly number[]): void {
    let length = 0;
    for (let i = 0; i < stay.length; i += 2) length += (stay[i + 1] as number) - (stay[i] as number);
    const capacity = Math.max(CAPACITY_MIN, length);
    const taken = <T extends Uint32Array | Float64Array>(old: T, fresh: T): T => {
      let at = 0;
      for (let i = 0; i < stay.length; i += 2) {
        const [from, to] = [stay[i] as number, stay[i + 1] as number];
        fresh.set(old.subarray(from, to), at);
        at += to - from;
      }
      return fresh;
    };
    this.uids = taken(this.uids, new Uint32Array(capacity));
    this.flags = taken(this.flags, new Uint32Array(capacity));
    this.modseqs = taken(this.modseqs, new Float64Array(capacity));
    this.createdModseqs = taken(this.createdModseqs, new Float64Array(capacity));
    this.sizes = taken(this.sizes, new Uint32Array(capacity));
    this.receivedAts = taken(this.receivedAts, new Float64Array(capacity));
    this.savedAts = taken(this.savedAts, new Float64Array(capacity));
    this.emailIds = taken(this.emailIds, new Uint32Array(capacity));
    this.threadIds = taken(this.threadIds, new Uint32Array(capacity));
    this.length = length;
  }

  #grow(least: number): void {
    const old = this.#columns();
    this.#allocate(Math.max(least, Math.ceil(old.uids.length * 1.5)));
    this.uids.set(old.uids);
    this.flags.set(old.flags);
    this.modseqs.set(old.modseqs);
    this.createdModseqs.set(old.createdModseqs);
    this.sizes.set(old.sizes);
    this.receivedAts.set(old.receivedAts);
    this.savedAts.set(old.savedAts);
    this.emailIds.set(old.emailIds);
    this.threadIds.set(old.threadIds);
  }

  #columns(): Columns {
    const { uids, flags, modseqs, createdModseqs, sizes, receivedAts, savedAts, emailIds, threadIds } = this;
    return { uids, flags, modseqs, createdModseqs, sizes, receivedAts, savedAts, emailIds, threadIds };
  }

  #allocate(capacity: number): void {
    this.uids = new Uint32Array(capacity);
    this.flags = new Uint32Array(capacity);
    this.modseqs = new Float64Array(capacity);
    this.createdModseqs = new Float64Array(capacity);
    this.sizes = new Uint32Array(capacity);
    this.receivedAts = new Float64Array(capacity);
    this.savedAts = new Float64Array(capacity);
    this.emailIds = new Uint32Array(capacity);
    this.threadIds = new Uint32Array(capacity);
  }
}
