/**
 * What a receiving door asks the transfer agent, as types: one question for each step of a conversation. The agent
 * decides and records why; the door only speaks. An answer that needs no wait is given at once, not as a promise.
 */
import type { Endpoint } from "../../base/network.ts";
import type { TlsInfo } from "../../base/tls.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import type { Credentials } from "../../store/mail-store.ts";
import type { DsnNotify, Envelope, EnvelopeRecipient } from "../envelope.ts";

export type SmtpService = "smtp" | "submission" | "lmtp";

/** What is known of the peer so far; one object for each connection, filled in by the door as it learns. */
export type Client = {
  readonly connection: string;
  readonly service: SmtpService;
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** The argument of EHLO, HELO or LHLO, as given. */
  helo: string | undefined;
  /** True after EHLO or LHLO. */
  extended: boolean;
  tls: TlsInfo | undefined;
  /** The identity that authenticated, and by which mechanism. */
  account: string | undefined;
  mechanism: string | undefined;
  /** The journal event that what happens now follows from. */
  cause: number | undefined;
};

export type Decision =
  /** `delayMs`: a penalty before the reply. */
  | { readonly verdict: "accept"; readonly reply?: SmtpReply | undefined; readonly delayMs?: number }
  /** `close`: hang up after the reply (421, 521). */
  | {
      readonly verdict: "refuse";
      readonly reply: SmtpReply;
      readonly close?: boolean;
      readonly delayMs?: number;
    };

export type Answer<T> = T | Promise<T>;

export type MailRequest = {
  readonly reversePath: string; // "" for <>
  readonly sizeBytes: number | undefined; // SIZE= as declared
  readonly body: Envelope["body"];
  readonly smtputf8: boolean;
  readonly ret: Envelope["ret"];
  readonly envid: string | undefined;
  readonly auth: string | undefined; // AUTH= of RFC 4954 §5, decoded from xtext; "<>" stands for unknown
};

export type RcptRequest = {
  readonly address: string; // `bob@nemesis.test`; `postmaster` alone is legal (RFC 5321 §4.5.1)
  readonly notify: readonly DsnNotify[] | undefined;
  readonly orcpt: string | undefined;
};

/** An accepted recipient may become several (an alias) or another one; they are added to the envelope in order. */
export type RcptDecision =
  | {
      readonly verdict: "accept";
      readonly reply?: SmtpReply | undefined;
      readonly recipients: readonly Omit<EnvelopeRecipient, "index">[];
    }
  | Extract<Decision, { verdict: "refuse" }>;

/** How passwords and SCRAM are checked: the account store answers. */
export type Authenticator = {
  /** The account's own name when the password is right. May wait before it answers. */
  verifyPassword(client: LoginClient, username: string, password: string): Promise<string | undefined>;
  /** The same, and by which kind of password: an app password is for mail alone. */
  identify(client: LoginClient, username: string, password: string): Promise<Identified | undefined>;
  /** SCRAM-SHA-256 material (RFC 5802 §3); for an unknown account some that no password fits. */
  scram(username: string): Promise<Credentials>;
  /** How an exchange ended in which the password was not said: the account's own name when it was right. */
  proved(client: LoginClient, username: string, right: boolean): Promise<string | undefined>;
};

export type Identified = { readonly account: string; readonly by: "password" | "appPassword" };

/** Who wants to log in, and where. */
export type LoginClient = Pick<Client, "connection" | "remote" | "cause"> & {
  readonly door: "smtp" | "imap" | "pop3" | "web";
};

export type Reception = {
  /** Before the greeting, which it must not delay: answers at once. */
  connected(client: Client): Decision;
  helo(client: Client, name: string): Answer<Decision>;
  mail(client: Client, request: MailRequest): Answer<Decision>;
  rcpt(client: Client, envelope: Envelope, request: RcptRequest): Answer<RcptDecision>;
  /**
   * The whole content has arrived. "accept" means it is on disk, or handed on: the reply carries the queue id.
   * Over LMTP there is one decision for each recipient, in the envelope's order; else one.
   * `content` is the message exactly as received after dot-unstuffing, in pieces; the agent owns them from here on.
   */
  message(
    client: Client,
    envelope: Envelope,
    content: readonly Uint8Array[],
  ): Promise<Decision | readonly Decision[]>;
  verify(client: Client, text: string): Decision; // VRFY
  readonly authenticator: Authenticator;
  /** The client did something a well-behaved one does not; the answer may slow it or end it. */
  misbehaved(client: Client, what: string): Decision;
  disconnected(client: Client): void;
};
