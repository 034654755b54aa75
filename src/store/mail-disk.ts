/**
 * The disk under the mail store, as a port: what was written is there after a crash, in the order it was written, and
 * each write as a whole or not at all. It decides nothing; the store above it knows what a mailbox is. engine/sqlite
 * implements it. Reading is in the caller's turn; writes that wait together share one sync. Faults are the disk's.
 */
import type { NumberRanges } from "../base/number-ranges.ts";
import type { CopyOf, EmailDigest, MailboxRole } from "./account-mail.ts";
import type { ChangeRecord } from "./change-record.ts";
import type { AppPassword, Secrets } from "./mail-store.ts";
import type { SearchIndex } from "./search/search-index.ts";

export type AccountRow = {
  readonly id: number;
  readonly name: string;
  readonly quotaBytes: number | undefined;
  readonly quotaMessages: number | undefined;
  readonly usedBytes: number;
  readonly usedMessages: number;
  /** Of its latest change. */
  readonly modseq: number;
  readonly lastEmailId: number;
  readonly lastMailboxId: number;
  readonly lastUidValidity: number;
  readonly secrets: Secrets;
};

export type PutAccount = Pick<AccountRow, "name" | "quotaBytes" | "quotaMessages" | "secrets">;

export type MailboxRow = {
  readonly id: number;
  readonly name: string;
  readonly role: MailboxRole | undefined;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModseq: number;
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  readonly sizeBytes: number;
  /** Expunges up to this modseq are no longer known one by one. */
  readonly expungedSince: number;
  readonly acl: ReadonlyMap<string, string>;
};

export type AccountContents = {
  readonly account: AccountRow;
  readonly appPasswords: readonly AppPassword[];
  readonly mailboxes: readonly MailboxRow[];
  readonly subscriptions: readonly string[];
  readonly metadata: readonly {
    /** 0: of the account. */
    readonly mailboxId: number;
    readonly entry: string;
    readonly value: Uint8Array;
  }[];
};

/** How a mailbox's numbers move with a change. */
export type Tally = {
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  readonly sizeBytes: number;
};

/** What SMTP knew of a message: kept beside it, once for each delivery. */
export type DeliveryFacts = {
  readonly deliveryId: string;
  readonly reversePath: string;
  readonly recipient: string;
  readonly queueId: string;
};

export type NewMessage = {
  readonly uid: number;
  readonly emailId: number;
  readonly flags: readonly string[];
  readonly receivedAt: number;
  readonly savedAt: number;
  /** What delivery put in front; the content itself may be shared by many e-mails. */
  readonly added: Uint8Array;
  readonly content: Uint8Array;
  /** An e-mail that may have the same content: then it is kept once. */
  readonly copyOf: CopyOf | undefined;
};

export type DiskStep =
  /** New e-mails: their bytes, digests and threads, and a placed record. */
  | {
      readonly kind: "append";
      readonly mailboxId: number;
      readonly modseq: number;
      readonly messages: readonly NewMessage[];
      readonly delivery: DeliveryFacts | undefined;
      readonly tally: Tally;
    }
  | {
      readonly kind: "change";
      readonly mailboxId: number;
      readonly modseq: number;
      readonly record: ChangeRecord;
      readonly uidNext: number;
      readonly tally: Tally;
    }
  | { readonly kind: "putMailbox"; readonly mailbox: MailboxRow }
  | { readonly kind: "removeMailbox"; readonly mailboxId: number }
  | { readonly kind: "subscribe"; readonly name: string; readonly on: boolean }
  | {
      readonly kind: "metadata";
      readonly mailboxId: number;
      readonly entry: string;
      readonly value: Uint8Array | undefined;
    }
  | { readonly kind: "fold"; readonly fold: Fold }
  /** E-mails that stand nowhere any more. */
  | { readonly kind: "sweep"; readonly emailIds: NumberRanges }
  | { readonly kind: "forgetDeliveries" };

/** Pages that say all that the records up to `upTo` said; an empty page is undefined. */
export type Fold = {
  readonly mailboxId: number;
  readonly pages: readonly { readonly page: number; readonly columns: Uint8Array | undefined }[];
  readonly upTo: number;
  /** Expunge records up to this one go as well. */
  readonly expungedSince: number;
};

export type DiskWrite = {
  readonly accountId: number;
  /** The account's modseq after it. */
  readonly modseq: number;
  readonly lastUidValidity: number;
  readonly steps: readonly DiskStep[];
};

/** Of an append: how each message turned out. `again`: that delivery was stored before, under this UID, and nothing was done. */
export type Appended = {
  readonly again: number | undefined;
  readonly messages: readonly { readonly threadId: number; readonly sizeBytes: number }[];
};

export type StoredMailbox = {
  /** In order. */
  readonly pages: readonly Uint8Array[];
  /** Records that the pages do not hold yet, and all expunges that are known, by modseq. */
  readonly changes: readonly { readonly modseq: number; readonly record: ChangeRecord }[];
};

export type MailDisk = {
  open(): Promise<readonly AccountContents[]>;
  /** Whether the last server on it ended without closing it; known once it is open. */
  readonly wasKilled: boolean;
  /** One answer for each append among the steps, in order. */
  write(write: DiskWrite): Promise<readonly Appended[]>;
  /** Creates it without a mailbox, or changes it. */
  putAccount(account: PutAccount): Promise<AccountRow>;
  /** Adds it, or changes the one with this id. */
  putAppPassword(accountId: number, appPassword: AppPassword): Promise<void>;
  removeAppPassword(accountId: number, id: string): Promise<void>;
  removeAccount(id: number): Promise<void>;
  /** Of every e-mail, ascending. */
  emailIds(accountId: number): readonly number[];
  readMailbox(accountId: number, mailboxId: number): StoredMailbox;
  digest(accountId: number, emailId: number): EmailDigest | undefined;
  /** E-mails from id to id, both inside, ascending. */
  digests(
    accountId: number,
    from: number,
    to: number,
    each: (emailId: number, digest: EmailDigest) => void,
  ): void;
  content(accountId: number, emailId: number): Uint8Array | undefined;
  contents(
    accountId: number,
    from: number,
    to: number,
    each: (emailId: number, content: Uint8Array) => void,
  ): void;
  delivery(accountId: number, emailId: number): DeliveryFacts | undefined;
  wasDelivered(accountId: number, deliveryId: string): boolean;
  /** Made behind the writes' back: what is not in it yet is looked at. */
  index(accountId: number): SearchIndex;
  close(): Promise<void>;
};
