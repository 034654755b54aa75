/**
 * The words of the server session: what it knows, what reaches it, what it wants done. Types only; server-session.ts
 * has the behaviour. Envelope and decisions have the shapes the transfer agent uses, so that they pass as they are.
 */
import type { SaslServerMechanism, SaslServerStep, ScramMaterial } from "../sasl/mechanism.ts";
import type { CommandRules } from "./command.ts";
import type { SmtpContent } from "./content.ts";
import type { MailParameters, RcptParameters } from "./parameters.ts";
import type { SmtpReply } from "./reply.ts";
import type { Phase } from "./server-phases.ts";
import type { LineDefect } from "./splitter.ts";

export type SessionRules = {
  readonly hostname: string;
  readonly service: "smtp" | "submission" | "lmtp";
  readonly commands: CommandRules;
  /** Content with a CR or LF alone is refused; else the splitter has repaired it. */
  readonly refuseBareNewline: boolean;
  readonly sizeBytesMax: number;
  readonly recipientsMax: number;
  /** Transactions on one connection. */
  readonly messagesMax: number;
  readonly badCommandsMax: number;
  /** There is a certificate: STARTTLS is offered until TLS is on. */
  readonly startTls: boolean;
  /** AUTH is offered at all, and with PLAIN and LOGIN even without TLS. */
  readonly auth: boolean;
  readonly plaintextAuth: boolean;
};

export type SessionRecipient = { readonly index: number; readonly address: string } & Partial<RcptParameters>;

export type SessionEnvelope = {
  readonly reversePath: string;
  readonly recipients: readonly SessionRecipient[];
  readonly body: MailParameters["body"];
  readonly smtputf8: boolean;
  readonly ret: MailParameters["ret"];
  readonly envid: string | undefined;
};

export type Question =
  | { readonly on: "connect" }
  | { readonly on: "helo"; readonly name: string }
  | { readonly on: "mail"; readonly request: { readonly reversePath: string } & MailParameters }
  | {
      readonly on: "rcpt";
      readonly envelope: SessionEnvelope;
      readonly request: { readonly address: string } & RcptParameters;
    }
  | { readonly on: "message"; readonly envelope: SessionEnvelope; readonly content: SmtpContent }
  | { readonly on: "verify"; readonly text: string }
  | { readonly on: "password"; readonly username: string; readonly password: string }
  | { readonly on: "scram"; readonly username: string }
  /** Somebody proved, or failed to, that they know this account's password; the answer is as for "password". */
  | { readonly on: "proof"; readonly username: string; readonly right: boolean }
  /** The client broke a rule; `reply` is what it gets when nobody decides otherwise. */
  | { readonly on: "misbehaved"; readonly what: string; readonly reply: SmtpReply };

export type Verdict =
  | {
      readonly verdict: "accept";
      readonly reply?: SmtpReply | undefined;
      readonly recipients?: readonly Omit<SessionRecipient, "index">[];
    }
  | { readonly verdict: "refuse"; readonly reply: SmtpReply; readonly close?: boolean };

export type ServerInput =
  | { readonly kind: "connected" }
  | { readonly kind: "line"; readonly text: string; readonly defect: LineDefect | undefined }
  | { readonly kind: "content"; readonly content: SmtpContent }
  | { readonly kind: "chunk"; readonly content: SmtpContent | undefined }
  /** The answer to connect, helo, mail, rcpt, message, verify or misbehaved. Over LMTP one for each recipient. */
  | { readonly kind: "decided"; readonly verdicts: readonly Verdict[] }
  | { readonly kind: "password"; readonly account: string | undefined }
  | { readonly kind: "scram"; readonly material: ScramMaterial }
  /** Nobody could answer the question: the house has a fault. */
  | { readonly kind: "failed"; readonly reply: SmtpReply }
  /** The TLS handshake is over and went well. */
  | { readonly kind: "encrypted" }
  /** A BDAT was heard, and something else than the session decides: its octets are read away, then this is said. */
  | { readonly kind: "refuseChunk"; readonly sizeBytes: number; readonly reply: SmtpReply }
  | { readonly kind: "timeout" }
  | { readonly kind: "shutdown" };

export type ServerAction =
  | { readonly kind: "reply"; readonly reply: SmtpReply }
  | { readonly kind: "ask"; readonly question: Question }
  | { readonly kind: "expectData" }
  | {
      readonly kind: "expectChunk";
      readonly sizeBytes: number;
      readonly last: boolean;
      readonly binary: boolean;
    }
  | { readonly kind: "skipChunk"; readonly sizeBytes: number }
  /** Chunks received so far belong to nothing any more. */
  | { readonly kind: "abandon" }
  /** Drop what was read ahead, then shake hands; the answer is "encrypted". */
  | { readonly kind: "startTls" }
  /** Hang up once all is said. `asked`: the client wants it so, and waits for nothing but our goodbye. */
  | { readonly kind: "close"; readonly asked?: boolean };

export type Waiting =
  | { readonly for: "command" }
  | { readonly for: "data" }
  | { readonly for: "chunk"; readonly last: boolean }
  /** A chunk is read away; then this is said. `blame`: the client broke a rule. */
  | { readonly for: "skip"; readonly reply: SmtpReply; readonly blame: boolean }
  | { readonly for: "sasl"; readonly respond: (response: string) => SaslServerStep }
  | { readonly for: "decision"; readonly question: Question }
  | { readonly for: "scram"; readonly resume: (material: ScramMaterial) => SaslServerStep }
  | { readonly for: "encryption" }
  | { readonly for: "nothing" };

export type ServerSession = {
  readonly rules: SessionRules;
  readonly phase: Phase;
  readonly waiting: Waiting;
  readonly helo: string | undefined;
  readonly extended: boolean;
  readonly encrypted: boolean;
  /** What SCRAM-SHA-256-PLUS binds to; undefined where there is nothing. */
  readonly binding: Uint8Array | undefined;
  readonly account: string | undefined;
  readonly mechanism: SaslServerMechanism["name"] | undefined;
  readonly envelope: SessionEnvelope | undefined;
  /** How many recipients of the envelope each accepted RCPT became. */
  readonly groups: readonly number[];
  /** Octets of the chunks so far. */
  readonly chunkBytes: number;
  readonly messages: number;
  readonly badCommands: number;
};

export type ServerStep = readonly [session: ServerSession, actions: readonly ServerAction[]];
