/**
 * What one account holds, as every door sees it (IMAP, POP3, and later webmail, JMAP, EWS): its mailboxes, their
 * messages, and the changes to them. Each change is durable when its promise resolves, and visible to anybody only
 * then; before that nothing of it shows. "No" is an answer, a failing disk a Fault, and then nothing was changed.
 */
import type { NumberRanges } from "../base/number-ranges.ts";
import type { FlagChange } from "./flag-sets.ts";
import type { MessageTable } from "./message-table.ts";
import type { SearchIndex } from "./search/search-index.ts";

/** Special uses of RFC 6154 and RFC 8457, as JMAP spells them (RFC 8621 §2). */
export type MailboxRole = "all" | "archive" | "drafts" | "flagged" | "important" | "junk" | "sent" | "trash";

/** `/`, in every name (RFC 9051 §5.1.1). Names are UTF-8 in NFC; INBOX is always upper case. */
export const HIERARCHY_SEPARATOR = "/";
/** Limit: of a whole name, in octets of UTF-8; longer ones break clients' file names. */
export const MAILBOX_NAME_OCTETS_MAX = 1_000;
export const MAILBOX_DEPTH_MAX = 20;
export const MAILBOXES_MAX = 10_000;

/** Live: its fields change as changes are applied. */
export type Mailbox = {
  /** In its account; never given again. */
  readonly id: number;
  readonly name: string;
  readonly role: MailboxRole | undefined;
  readonly uidValidity: number;
  /** Above every UID ever given here. */
  readonly uidNext: number;
  readonly highestModseq: number;
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  /** Sum of the messages' octets. */
  readonly sizeBytes: number;
  /** Rights of others by identifier (RFC 4314 §2.1): an account's name, `anyone`, or either after `-`. The owner has all. */
  readonly acl: ReadonlyMap<string, string>;
};

/** Ready-made at delivery; IMAP sends the first two as they are. */
export type EmailDigest = {
  /** RFC 9051 §7.5.2 `envelope`, with its brackets. */
  readonly envelope: Uint8Array;
  /** RFC 9051 §7.5.2 `body`, extended form (BODYSTRUCTURE). */
  readonly structure: Uint8Array;
  /** RFC 8970: up to 200 characters of its text. */
  readonly preview: string;
};

/** The envelope a message was delivered with. */
export type DeliveredAs = {
  readonly reversePath: string;
  readonly recipient: string;
  readonly queueId: string;
};

/** An e-mail in the same store. */
export type CopyOf = { readonly accountId: number; readonly emailId: number };

export type AppendItem = {
  readonly content: Uint8Array;
  readonly copyOf?: CopyOf | undefined;
  readonly flags: readonly string[];
  /** INTERNALDATE; now when absent. */
  readonly receivedAt?: number | undefined;
};

/** Why not. */
export type MailRefusal =
  | { readonly kind: "noMailbox" }
  | { readonly kind: "exists" }
  | { readonly kind: "badName"; readonly why: string }
  /** INBOX cannot be deleted, and the like. */
  | { readonly kind: "forbidden"; readonly why: string }
  | {
      readonly kind: "overQuota";
      readonly what: "bytes" | "messages";
      readonly max: number;
      readonly used: number;
    }
  | { readonly kind: "limit"; readonly why: string };

export type Done<T> = { readonly kind: "done" } & T;

/** UIDs as COPYUID wants them: the i-th of `from` became the i-th of `to` (RFC 4315). */
export type Copied = Done<{
  readonly uidValidity: number;
  readonly from: NumberRanges;
  readonly to: NumberRanges;
}>;

export type CopyTarget = {
  readonly mail: AccountMail;
  readonly id: number;
  /** Which flags go along (RFC 4314 §4); all when absent. */
  readonly keeps?: ((flag: string) => boolean) | undefined;
};

export type FlagsChanged = Done<{
  /** Zero when nothing changed. */
  readonly modseq: number;
  readonly changed: NumberRanges;
  /** Not touched: changed since `unchangedSince` (RFC 7162 §3.1.3 MODIFIED). */
  readonly modified: NumberRanges;
}>;

/** What happened, told after it was applied, in order of modseq. */
export type MailEvent =
  | {
      readonly kind: "appended" | "flags" | "expunged";
      readonly mailboxId: number;
      readonly uids: NumberRanges;
      readonly modseq: number;
    }
  | {
      readonly kind: "mailboxCreated" | "mailboxDeleted" | "mailboxChanged";
      readonly mailboxId: number;
      readonly name: string;
      readonly modseq: number;
    }
  | {
      readonly kind: "mailboxRenamed";
      readonly mailboxId: number;
      readonly name: string;
      readonly oldName: string;
      readonly modseq: number;
    }
  | { readonly kind: "subscribed" | "unsubscribed"; readonly name: string; readonly modseq: number }
  /** Of the account when there is no mailbox. */
  | {
      readonly kind: "metadata";
      readonly mailboxId: number | undefined;
      readonly entries: readonly string[];
      readonly modseq: number;
    };

export type Quota = {
  readonly bytesMax: number | undefined;
  readonly bytesUsed: number;
  readonly messagesMax: number | undefined;
  readonly messagesUsed: number;
};

export type AccountMail = {
  readonly accountId: number;
  readonly name: string;
  /** The account's latest change. */
  readonly highestModseq: number;
  readonly quota: Quota;
  /** Sorted by name, INBOX first. */
  mailboxes(): readonly Mailbox[];
  /** INBOX in any case. */
  find(name: string): Mailbox | undefined;
  mailbox(id: number): Mailbox | undefined;

  create(name: string, role?: MailboxRole): Promise<Done<{ readonly mailbox: Mailbox }> | MailRefusal>;
  /** With all below it; of INBOX: its messages go, and INBOX stays (RFC 9051 §6.3.6). */
  rename(id: number, name: string): Promise<Done<object> | MailRefusal>;
  /** Refused while it has children (RFC 9051 §6.3.5 leaves it to us: nothing is left without a parent). */
  remove(id: number): Promise<Done<object> | MailRefusal>;
  setRole(id: number, role: MailboxRole | undefined): Promise<Done<object> | MailRefusal>;
  /** Names; they need not exist (RFC 9051 §6.3.7). Sorted. */
  subscriptions(): readonly string[];
  subscribe(name: string, on: boolean): Promise<void>;
  /** Undefined takes the identifier's entry away. */
  setRights(id: number, identifier: string, rights: string | undefined): Promise<Done<object> | MailRefusal>;
  /** Entries (RFC 5464) of a mailbox, or of the account itself: lower-case names to values. */
  metadata(mailboxId: number | undefined): ReadonlyMap<string, Uint8Array>;
  /** All or none; undefined takes an entry away. */
  setMetadata(
    mailboxId: number | undefined,
    entries: ReadonlyMap<string, Uint8Array | undefined>,
  ): Promise<Done<object> | MailRefusal>;

  /** The mailbox's messages, loaded and kept live until `close` was called as often as `open`. */
  open(id: number): Promise<MessageTable | undefined>;
  close(id: number): void;

  /** All or none, with ascending UIDs (RFC 3502). Many callers share a sync. */
  append(
    id: number,
    items: readonly AppendItem[],
  ): Promise<Done<{ readonly uidValidity: number; readonly uids: NumberRanges }> | MailRefusal>;
  /** With flags and INTERNALDATE; into this account's or another's mailbox. */
  copy(id: number, uids: NumberRanges, to: CopyTarget): Promise<Copied | MailRefusal>;
  /** A copy and an expunge as one change (RFC 6851). */
  move(id: number, uids: NumberRanges, to: CopyTarget): Promise<Copied | MailRefusal>;
  /** Stored and removed as one change (RFC 8508): what REPLACE does. */
  replace(
    id: number,
    uid: number,
    item: AppendItem,
    to: { readonly mail: AccountMail; readonly id: number },
  ): Promise<Done<{ readonly uidValidity: number; readonly uids: NumberRanges }> | MailRefusal>;
  changeFlags(
    id: number,
    uids: NumberRanges,
    change: FlagChange,
    flags: readonly string[],
    unchangedSince?: number,
  ): Promise<FlagsChanged | MailRefusal>;
  /** Those of `uids` that are there; with `onlyDeleted` those of them that have \Deleted when it is done. */
  expunge(
    id: number,
    uids: NumberRanges,
    onlyDeleted: boolean,
  ): Promise<Done<{ readonly uids: NumberRanges; readonly modseq: number }> | MailRefusal>;

  /** Undefined once it is gone. Reads from the page cache; never waits. */
  digest(emailId: number): EmailDigest | undefined;
  /** The same for rows `from` up to, and without, `to` of an open table, calling `each` in order; quicker by far than one by one. */
  digests(
    table: Pick<MessageTable, "emailIds">,
    from: number,
    to: number,
    each: (row: number, digest: EmailDigest | undefined) => void,
  ): void;
  /** The message exactly as it came, what was added at delivery in front. */
  content(emailId: number): Uint8Array | undefined;
  contents(
    table: Pick<MessageTable, "emailIds">,
    from: number,
    to: number,
    each: (row: number, content: Uint8Array | undefined) => void,
  ): void;

  /** How it was delivered; undefined for what came another way. */
  delivery(emailId: number): DeliveredAs | undefined;

  /** What need not be looked at in a search; it runs behind, and says so. */
  readonly index: SearchIndex;

  /** Calls `hear` after each change, in the turn it is applied. Returns what ends it. */
  listen(hear: (event: MailEvent) => void): () => void;
};
