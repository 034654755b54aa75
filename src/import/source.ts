/**
 * Where mail comes from: a Maildir, mbox files, another IMAP server. A source lists its folders and gives their messages
 * one by one, each with a name that stays the same when it is read again. It changes nothing where it reads.
 */
import type { MailboxRole } from "../store/account-mail.ts";

export type SourceFolder = {
  /** As the source calls it, with `/` between levels. */
  readonly name: string;
  readonly role: MailboxRole | undefined;
  /** How much is in it, in the source's unit; 0 when it can not be known. */
  readonly total: number;
};

export type SourceMessage = {
  readonly kind: "message";
  /** Names it in its folder for good. */
  readonly id: string;
  /** With CRLF. */
  readonly content: Uint8Array;
  readonly flags: readonly string[];
  /** ms since 1970 UTC; undefined when the source does not know. */
  readonly receivedAt: number | undefined;
  /** Its part of the folder's total. */
  readonly weight: number;
};

export type SourceItem =
  | SourceMessage
  /** Brought before. */
  | { readonly kind: "known"; readonly messages: number; readonly weight: number }
  /** Could not be read; the rest goes on. */
  | { readonly kind: "unreadable"; readonly id: string; readonly why: string; readonly weight: number };

/** Which of these ids of a folder were not brought yet. */
export type Unknown = (ids: readonly string[]) => Promise<ReadonlySet<string>>;

export type MailSource = {
  /** Begins the names of its messages, so that two sources never share one. */
  readonly identity: string;
  readonly unit: "messages" | "bytes";
  /** Rejects with a Fault when the source can not be read at all. */
  folders(): Promise<readonly SourceFolder[]>;
  /** In the source's order. Rejects with a Fault when it can not go on. */
  messages(folder: SourceFolder, unknown: Unknown): AsyncGenerator<SourceItem, void>;
  close(): Promise<void>;
};

/** Limit: ids asked about at once. */
export const IDS_AT_ONCE = 500;

const KEYWORD = /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|}~]{1,100}$/;
const SYSTEM = /^\\(Answered|Flagged|Deleted|Seen|Draft)$/i;

/** Those that a mailbox here can have (RFC 9051 §2.3.2); the others are left out. */
export function usableFlags(flags: readonly string[]): string[] {
  return [...new Set(flags)].filter((flag) => SYSTEM.test(flag) || KEYWORD.test(flag));
}
