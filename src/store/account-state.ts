/**
 * One account while the store is open: its mailboxes, its numbers, and the way every change takes: reserved, written,
 * and only when that is durable applied and told. What fails to be written was never there.
 */
import type { MailEvent, MailRefusal, Quota } from "./account-mail.ts";
import type { ChangeRecord } from "./change-record.ts";
import type { AccountContents, Appended, DiskStep, MailDisk, Tally } from "./mail-disk.ts";
import { compareNames } from "./mailbox-name.ts";
import { MailboxState } from "./mailbox-state.ts";
import type { AppPassword, Secrets } from "./mail-store.ts";
import type { MessageTable } from "./message-table.ts";
import { Turns } from "./turns.ts";
import { rangesOf } from "../base/number-ranges.ts";

/** Limit: records of a mailbox that are read back at its opening, about 2 ms; more are folded into pages. */
const UNFOLDED_MAX = 2_000;
/** Limit: messages of closed mailboxes kept in memory, 52 octets each. */
const KEPT_ROWS_MAX = 500_000;
/** Limit: e-mails that may lie about unplaced before they are looked for. */
const SWEEP_AT = 2_000;
/** Limit: e-mails that one write takes away, a few milliseconds: other writes wait for no more than that. */
const SWEPT_AT_ONCE = 100;

/** A change to one mailbox's messages, as it is written and then applied. */
export type MailboxChange = {
  readonly mailbox: MailboxState;
  readonly modseq: number;
  readonly record: ChangeRecord;
  readonly tally: Tally;
};

export class AccountState {
  readonly id: number;
  readonly name: string;
  quotaBytes: number | undefined;
  quotaMessages: number | undefined;
  secrets: Secrets;
  appPasswords: readonly AppPassword[];
  usedBytes: number;
  usedMessages: number;
  /** Promised to additions under way. */
  pendingBytes = 0;
  pendingMessages = 0;
  highestModseq: number;
  readonly turns = new Turns();
  readonly byId = new Map<number, MailboxState>();
  readonly subscriptions: Set<string>;
  /** By mailbox id, 0 for the account. */
  readonly metadata = new Map<number, Map<string, Uint8Array>>();
  readonly disk: MailDisk;
  readonly now: () => number;
  readonly #listeners = new Set<(event: MailEvent) => void>();
  #reservedModseq: number;
  #lastEmailId: number;
  #lastMailboxId: number;
  #lastUidValidity: number;
  #closings = 0;
  #unplaced: number[] = [];
  #sweeping = false;
  #sorted: MailboxState[] | undefined;

  constructor(
    { account, appPasswords, mailboxes, subscriptions, metadata }: AccountContents,
    disk: MailDisk,
    now: () => number,
  ) {
    this.id = account.id;
    this.name = account.name;
    this.quotaBytes = account.quotaBytes;
    this.quotaMessages = account.quotaMessages;
    this.secrets = account.secrets;
    this.appPasswords = appPasswords;
    this.usedBytes = account.usedBytes;
    this.usedMessages = account.usedMessages;
    this.highestModseq = this.#reservedModseq = account.modseq;
    this.#lastEmailId = account.lastEmailId;
    this.#lastMailboxId = account.lastMailboxId;
    this.#lastUidValidity = account.lastUidValidity;
    this.disk = disk;
    this.now = now;
    for (const row of mailboxes) this.byId.set(row.id, new MailboxState(row));
    this.subscriptions = new Set(subscriptions);
    for (const { mailboxId, entry, value } of metadata) this.metadataOf(mailboxId).set(entry, value);
  }

  get quota(): Quota {
    const { quotaBytes: bytesMax, quotaMessages: messagesMax } = this;
    return { bytesMax, messagesMax, bytesUsed: this.usedBytes, messagesUsed: this.usedMessages };
  }

  nextModseq(): number {
    return ++this.#reservedModseq;
  }

  nextEmailId(): number {
    return ++this.#lastEmailId;
  }

  nextMailboxId(): number {
    return ++this.#lastMailboxId;
  }

  /** Seconds of the world's time, and above every one given before (RFC 9051 §2.3.1.1). */
  nextUidValidity(): number {
    this.#lastUidValidity = Math.max(this.#lastUidValidity + 1, Math.floor(this.now() / 1_000));
    return this.#lastUidValidity;
  }

  mailboxes(): readonly MailboxState[] {
    this.#sorted ??= [...this.byId.values()].sort((a, b) => compareNames(a.name, b.name));
    return this.#sorted;
  }

  find(name: string): MailboxState | undefined {
    return this.mailboxes().find((mailbox) => mailbox.name === name);
  }

  /** After a mailbox came, went or changed its name. */
  resort(): void {
    this.#sorted = undefined;
  }

  metadataOf(mailboxId: number): Map<string, Uint8Array> {
    let entries = this.metadata.get(mailboxId);
    if (entries === undefined) this.metadata.set(mailboxId, (entries = new Map()));
    return entries;
  }

  /** Undefined when so much more fits. */
  refusal(bytes: number, messages: number): MailRefusal | undefined {
    const bytesAfter = this.usedBytes + this.pendingBytes + bytes;
    if (this.quotaBytes !== undefined && bytes > 0 && bytesAfter > this.quotaBytes) {
      return { kind: "overQuota", what: "bytes", max: this.quotaBytes, used: this.usedBytes };
    }
    const messagesAfter = this.usedMessages + this.pendingMessages + messages;
    if (this.quotaMessages !== undefined && messages > 0 && messagesAfter > this.quotaMessages) {
      return { kind: "overQuota", what: "messages", max: this.quotaMessages, used: this.usedMessages };
    }
    return undefined;
  }

  write(modseq: number, steps: readonly DiskStep[]): Promise<readonly Appended[]> {
    return this.disk.write({ accountId: this.id, modseq, lastUidValidity: this.#lastUidValidity, steps });
  }

  /** Writes the changes as one, then applies and tells them. */
  async commit(changes: readonly MailboxChange[]): Promise<void> {
    const last = changes.at(-1);
    if (last === undefined) return;
    const steps = changes.map(({ mailbox, modseq, record, tally }): DiskStep => {
      const uidNext = Math.max(mailbox.uidNext, lastPlaced(record) + 1);
      return { kind: "change", mailboxId: mailbox.id, modseq, record, uidNext, tally };
    });
    await this.write(last.modseq, steps);
    for (const change of changes) this.applied(change);
  }

  /** It is on disk: now it shows. */
  applied({ mailbox, modseq, record, tally }: MailboxChange): void {
    this.usedBytes += tally.sizeBytes;
    this.usedMessages += tally.messages;
    this.highestModseq = Math.max(this.highestModseq, modseq);
    const uids = mailbox.apply(modseq, record, tally);
    const kind = record.kind === "placed" ? "appended" : record.kind;
    this.tell({ kind, mailboxId: mailbox.id, uids, modseq });
    if (mailbox.unfolded > UNFOLDED_MAX && !mailbox.folding) void this.fold(mailbox);
  }

  tell(event: MailEvent): void {
    this.highestModseq = Math.max(this.highestModseq, event.modseq);
    for (const hear of this.#listeners) hear(event);
  }

  listen(hear: (event: MailEvent) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** The mailbox's messages; counted as used until `close`. */
  open(mailbox: MailboxState): MessageTable {
    mailbox.users++;
    return mailbox.table ?? mailbox.load(this.disk.readMailbox(this.id, mailbox.id));
  }

  close(mailbox: MailboxState): void {
    mailbox.users--;
    mailbox.closedAt = ++this.#closings;
    let kept = 0;
    for (const { table } of this.byId.values()) kept += table?.length ?? 0;
    const closed = [...this.byId.values()].filter(({ users, table }) => users === 0 && table !== undefined);
    for (const oldest of closed.sort((a, b) => a.closedAt - b.closedAt)) {
      if (kept <= KEPT_ROWS_MAX) break;
      if (oldest.folding) continue;
      kept -= oldest.table?.length ?? 0;
      oldest.table = undefined;
    }
  }

  /** Records become pages. A disk that fails leaves it as it was: nothing is lost, it is tried again later. */
  async fold(mailbox: MailboxState): Promise<void> {
    mailbox.folding = true;
    this.open(mailbox);
    const fold = mailbox.fold();
    try {
      if (fold !== undefined) await this.write(this.highestModseq, [{ kind: "fold", fold }]);
    } catch {
      if (fold !== undefined) mailbox.unfold(fold);
    } finally {
      mailbox.folding = false;
      this.close(mailbox);
    }
  }

  /** E-mails whose placement went; they may stand elsewhere. */
  unplaced(emailIds: readonly number[]): void {
    for (const id of emailIds) this.#unplaced.push(id);
    if (this.#unplaced.length > SWEEP_AT && !this.#sweeping) void this.sweep().catch(() => {});
  }

  /** After a server that was killed: what it had taken out of mailboxes and not yet swept. */
  async sweepAll(): Promise<void> {
    for (const id of this.disk.emailIds(this.id)) this.#unplaced.push(id);
    await this.sweep();
  }

  /** Looks which of the e-mails that went from somewhere are nowhere any more, and forgets those. */
  async sweep(): Promise<void> {
    if (this.#unplaced.length === 0) return;
    this.#sweeping = true;
    try {
      const nowhere = await this.turns.alone(async () => this.#findNowhere());
      // What stands nowhere can be copied from nowhere: others may go on meanwhile, and between these writes.
      for (let start = 0; start < nowhere.length; start += SWEPT_AT_ONCE) {
        const emailIds = rangesOf(nowhere.slice(start, start + SWEPT_AT_ONCE));
        await this.write(this.highestModseq, [{ kind: "sweep", emailIds }]);
      }
    } finally {
      this.#sweeping = false;
    }
  }

  #findNowhere(): number[] {
    const candidates = new Set(this.#unplaced);
    this.#unplaced = [];
    for (const mailbox of this.byId.values()) {
      const table = this.open(mailbox);
      for (let row = 0; row < table.length; row++) candidates.delete(table.emailIds[row] as number);
      this.close(mailbox);
    }
    return [...candidates];
  }

  /** Before the store closes: next time opens quickly. */
  async settle(): Promise<void> {
    await this.sweep();
    await this.turns.alone(async () => {
      for (const mailbox of this.byId.values()) {
        if (mailbox.unfolded > 0) await this.fold(mailbox);
      }
    });
  }
}

function lastPlaced(record: ChangeRecord): number {
  return record.kind === "placed" ? (record.rows.at(-1)?.[0] ?? 0) : 0;
}
