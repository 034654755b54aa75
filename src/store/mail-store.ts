/**
 * The mailbox store as a port: accounts, mailboxes, messages. create-mail-store.ts makes it over a disk
 * (engine/sqlite: a file, or memory in a simulation). Bytes are kept exactly as delivered; ids are never reused.
 */

import type { AccountMail } from "./account-mail.ts";

export type Account = {
  readonly id: number;
  /** The login and main address: `ann@arch.test`. */
  readonly name: string;
  readonly quotaBytes: number | undefined;
  readonly usedBytes: number;
  readonly quotaMessages: number | undefined;
  readonly usedMessages: number;
};

export type StoredMessage = {
  readonly account: string;
  readonly mailbox: string; // "INBOX"
  readonly uid: number; // strictly ascending in its mailbox, never reused
  readonly receivedAt: number; // ms since 1970 UTC
  readonly sizeBytes: number;
  readonly reversePath: string;
  readonly recipient: string;
  readonly queueId: string;
};

export type DeliverRequest = {
  readonly account: string;
  readonly mailbox: string;
  /** What this delivery puts in front (Return-Path), apart from the content that other recipients share. */
  readonly added?: Uint8Array | undefined;
  readonly content: Uint8Array;
  readonly receivedAt: number;
  /** None when absent. */
  readonly flags?: readonly string[] | undefined;
  readonly reversePath: string;
  readonly recipient: string;
  readonly queueId: string;
  /** Names this delivery for good (`queueId:recipientIndex`): asked twice, it is stored once. */
  readonly deliveryId: string;
};

export type DeliverAnswer =
  | { readonly kind: "stored"; readonly uid: number; /** It was there already. */ readonly again: boolean }
  | { readonly kind: "noAccount" }
  | {
      readonly kind: "overQuota";
      readonly what: "bytes" | "messages";
      readonly max: number;
      readonly used: number;
    };

/** SCRAM-SHA-256 keys (RFC 5802 §3, RFC 7677); the password itself is never kept. */
export type Credentials = {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
};

/** What proves who somebody is. With neither nobody logs in. */
export type Secrets = {
  readonly scram?: Credentials | undefined;
  /** A PHC string of Argon2id (RFC 9106), for mechanisms that say the password. */
  readonly argon2id?: string | undefined;
};

/** A second secret of an account, for one program or device: long, made by us, shown once, taken away at will. */
export type AppPassword = {
  readonly id: string;
  /** What the person calls it: `phone`. */
  readonly name: string;
  readonly verifier: Uint8Array;
  readonly createdAt: number; // ms since 1970 UTC
  /** To the hour or so. */
  readonly lastUsedAt: number | undefined;
};

/** What is absent stays as it is; null takes a bound away. */
export type AccountChange = {
  readonly secrets?: Secrets | undefined;
  readonly quotaBytes?: number | null | undefined;
  readonly quotaMessages?: number | null | undefined;
};

export type MailStore = {
  open(): Promise<void>;
  /** All that an account holds; the same value while the account exists. Undefined for an unknown name. */
  mail(name: string): AccountMail | undefined;
  /** Creates the account with its INBOX, or changes its secrets and quota. */
  putAccount(name: string, change?: AccountChange): Promise<void>;
  removeAccount(name: string): Promise<boolean>;
  accounts(): readonly Account[];
  /** By name, ASCII case-insensitively; from memory: called for every recipient. */
  account(name: string): Account | undefined;
  secrets(name: string): Secrets | undefined;
  /** By age. */
  appPasswords(name: string): readonly AppPassword[];
  /** Adds it, or changes the one with this id. False when there is no such account. */
  putAppPassword(name: string, appPassword: AppPassword): Promise<boolean>;
  removeAppPassword(name: string, id: string): Promise<boolean>;
  /** Durable once resolved; concurrent deliveries share a sync. Rejects with a Fault of the disk. */
  deliver(request: DeliverRequest): Promise<DeliverAnswer>;
  /** Which of these deliveries were stored, in their order; also those whose message is gone by now. */
  delivered(account: string, deliveryIds: readonly string[]): Promise<readonly boolean[]>;
  /** Messages of a mailbox with a UID above `afterUid`, ascending. */
  list(account: string, mailbox: string, afterUid?: number): Promise<readonly StoredMessage[]>;
  read(account: string, mailbox: string, uid: number): Promise<Uint8Array | undefined>;
  /** Deletes all messages of all accounts; UIDs go on. For the lab's `reset`. */
  clear(): Promise<void>;
  close(): Promise<void>;
};
