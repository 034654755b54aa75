/**
 * One mailbox while the store is open: its numbers, which every door sees live, and its table when somebody has it
 * open. Numbers change only by what has become durable; `reserved` ones are given out before, and never again.
 */
import type { Mailbox, MailboxRole } from "./account-mail.ts";
import { applyRecord, type ChangeRecord } from "./change-record.ts";
import type { Fold, MailboxRow, StoredMailbox, Tally } from "./mail-disk.ts";
import { MessageTable } from "./message-table.ts";
import { addPages, countPage, packPage, unpackPage } from "./page.ts";
import type { NumberRanges } from "../base/number-ranges.ts";

export const NO_TALLY: Tally = { messages: 0, unseen: 0, deleted: 0, sizeBytes: 0 };
/** Limit: expunges remembered one by one; a client that was away longer is told every UID that is there (RFC 7162 §3.2.5). */
const EXPUNGES_MAX = 2_000;

export class MailboxState implements Mailbox {
  readonly id: number;
  name: string;
  role: MailboxRole | undefined;
  readonly uidValidity: number;
  uidNext: number;
  highestModseq: number;
  messages: number;
  unseen: number;
  deleted: number;
  sizeBytes: number;
  expungedSince: number;
  acl: ReadonlyMap<string, string>;
  /** The next UID to give out: ahead of `uidNext` while additions are under way. */
  reservedUid: number;
  table: MessageTable | undefined;
  users = 0;
  /** When it was last closed, in closings of the account: the oldest is let go first. */
  closedAt = 0;
  /** Records since the last fold. */
  unfolded = 0;
  folding = false;
  #dirtyPages = new Set<number>();

  constructor(row: MailboxRow) {
    this.id = row.id;
    this.name = row.name;
    this.role = row.role;
    this.uidValidity = row.uidValidity;
    this.uidNext = this.reservedUid = row.uidNext;
    this.highestModseq = row.highestModseq;
    this.messages = row.messages;
    this.unseen = row.unseen;
    this.deleted = row.deleted;
    this.sizeBytes = row.sizeBytes;
    this.expungedSince = row.expungedSince;
    this.acl = row.acl;
  }

  row(): MailboxRow {
    const { id, name, role, uidValidity, uidNext, highestModseq } = this;
    const { messages, unseen, deleted, sizeBytes, expungedSince, acl } = this;
    const facts = { id, name, role, uidValidity, uidNext, highestModseq, expungedSince, acl };
    return { ...facts, messages, unseen, deleted, sizeBytes };
  }

  /** What became durable now shows. Returns the UIDs it touched. */
  apply(modseq: number, record: ChangeRecord, tally: Tally): NumberRanges {
    this.highestModseq = Math.max(this.highestModseq, modseq);
    this.messages += tally.messages;
    this.unseen += tally.unseen;
    this.deleted += tally.deleted;
    this.sizeBytes += tally.sizeBytes;
    if (record.kind === "placed") {
      for (const [uid] of record.rows) this.uidNext = Math.max(this.uidNext, uid + 1);
    }
    this.unfolded++;
    const uids = record.kind === "placed" ? placedUids(record.rows) : record.uids;
    if (this.table !== undefined) {
      // A table that was read a moment ago may have it already: applying it again changes nothing.
      applyRecord(this.table, modseq, record);
      addPages(this.#dirtyPages, uids);
    }
    return uids;
  }

  load(stored: StoredMailbox): MessageTable {
    const table = new MessageTable();
    table.reserve(stored.pages.reduce((sum, page) => sum + countPage(page), 0));
    for (const page of stored.pages) unpackPage(table, page);
    this.#dirtyPages = new Set();
    this.unfolded = 0;
    for (const { modseq, record } of stored.changes) {
      if (record.kind === "expunged") {
        // Pages may have it behind them already; it is known all the same.
        if (table.hasAny(record.uids)) {
          addPages(this.#dirtyPages, table.expunge(record.uids, modseq));
          table.expunged.pop();
          this.unfolded++;
        }
        table.expunged.push({ modseq, uids: record.uids });
        table.expungeModseq = modseq;
      } else {
        const touched = applyRecord(table, modseq, record);
        addPages(this.#dirtyPages, touched);
        this.unfolded++;
      }
    }
    table.expungedSince = this.expungedSince;
    table.highestModseq = Math.max(table.highestModseq, this.highestModseq);
    return (this.table = table);
  }

  /** What to write so that the records so far may go. Undefined when there is nothing. */
  fold(): Fold | undefined {
    const table = this.table;
    if (table === undefined || this.unfolded === 0) return undefined;
    const pages = [...this.#dirtyPages]
      .sort((a, b) => a - b)
      .map((page) => ({ page, columns: packPage(table, page) }));
    this.#dirtyPages = new Set();
    this.unfolded = 0;
    if (table.expunged.length > EXPUNGES_MAX) {
      const gone = table.expunged.splice(0, table.expunged.length - EXPUNGES_MAX / 2);
      this.expungedSince = table.expungedSince = gone.at(-1)?.modseq ?? this.expungedSince;
    }
    return { mailboxId: this.id, pages, upTo: this.highestModseq, expungedSince: this.expungedSince };
  }

  /** A fold that did not come to the disk is to be done again. */
  unfold(fold: Fold): void {
    for (const { page } of fold.pages) this.#dirtyPages.add(page);
    this.unfolded++;
  }
}

function placedUids(rows: readonly (readonly number[])[]): number[] {
  const first = rows[0]?.[0];
  const last = rows.at(-1)?.[0];
  return first === undefined || last === undefined ? [] : [first, last];
}
