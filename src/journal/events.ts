/**
 * What the flight recorder writes down: one flat value for each thing that happened. Nothing here is ever a body:
 * bodies are referenced by queue id. Traces are derived from these, never stored (journal/trace.ts).
 */
import type { Reason } from "../base/reason.ts";

/** Every event, whatever its kind. */
export type EventHeader = {
  /** Counts from 1 without a gap over the whole journal. */
  readonly id: number;
  /** Milliseconds since 1970 UTC in the world's time. */
  readonly at: number;
  /** The host that saw it, by its short name in the lab, else its host name. */
  readonly host: string;
  /** The thing it belongs to: a queue id once there is one, else a connection id. */
  readonly trace: string | undefined;
  /** The event that led to this one. */
  readonly cause: number | undefined;
};

export type Side = "server" | "client";

export type EventBody =
  | {
      kind: "connection.opened";
      connection: string;
      side: Side;
      protocol: string;
      local: string;
      remote: string;
    }
  | { kind: "connection.closed"; connection: string; why: string }
  | { kind: "connection.failed"; to: string; from: string | undefined; fault: string; detail: string }
  /** One line of a conversation, without its CRLF; secrets already replaced by `***`. `by` is who said it. */
  | { kind: "line"; connection: string; by: Side; text: string }
  /** The content of a message passing over a connection. */
  | {
      kind: "content";
      connection: string;
      by: Side;
      sizeBytes: number;
      lineCount: number | undefined;
      /** It arrived and was thrown away: its BDAT had been refused. */
      refused?: boolean;
    }
  | {
      kind: "tls.started";
      connection: string;
      protocol: string;
      cipher: string;
      verified: boolean | undefined;
      detail: string | undefined;
    }
  | { kind: "tls.failed"; connection: string; detail: string }
  | { kind: "dns.query"; query: string; name: string; type: string; server: string; transport: "udp" | "tcp" }
  | {
      kind: "dns.answer";
      query: string;
      name: string;
      type: string;
      rcode: string;
      answers: readonly string[];
      from: string;
      durationMs: number;
    }
  /** A name server answered somebody. */
  | {
      kind: "dns.served";
      name: string;
      type: string;
      rcode: string;
      answers: readonly string[];
      client: string;
      transport: "udp" | "tcp";
    }
  /** A check on a client or a message: `verdict` is one word, `subject` what was judged. */
  | {
      kind: "policy";
      check: string;
      verdict: "accept" | "reject" | "defer" | "warn";
      subject: string;
      reason: Reason;
    }
  /** A message was accepted: from here on `trace` is its queue id. */
  | {
      kind: "message.received";
      queueId: string;
      connection: string | undefined;
      reversePath: string;
      recipients: readonly string[];
      sizeBytes: number;
      messageId: string | undefined;
      subject: string | undefined;
      /** The Message-ID of the message this one is a delivery report about, when its content says so (RFC 3464). */
      reports?: string | undefined;
    }
  | {
      kind: "message.refused";
      connection: string | undefined;
      reversePath: string;
      recipients: readonly string[];
      reply: string;
      reason: Reason;
    }
  | {
      kind: "routing";
      queueId: string;
      recipient: string;
      decision: string;
      steps: readonly string[];
      reason: Reason;
    }
  | {
      kind: "attempt";
      queueId: string;
      attempt: number;
      recipients: readonly string[];
      to: string;
      connection: string | undefined;
    }
  | {
      kind: "outcome";
      queueId: string;
      recipient: string;
      attempt: number;
      result: "delivered" | "deferred" | "failed" | "relayed" | "expired" | "dropped" | "held" | "released";
      status: string; // RFC 3463: "2.0.0"
      reply: string; // the remote's words, or ours
      to: string;
      nextAttemptAt: number | undefined;
      /** The connection it went over: what ties this recipient to its lines. */
      connection?: string | undefined;
      reason: Reason;
    }
  /** A message of ours about another one: `of` is the queue id of its subject. */
  | {
      kind: "dsn";
      queueId: string;
      of: string;
      action: "failed" | "delayed" | "delivered" | "relayed" | "expanded";
      to: string;
      recipients: readonly string[];
    }
  | { kind: "store"; queueId: string; account: string; mailbox: string; uid: number; sizeBytes: number }
  | { kind: "drop"; queueId: string; file: string }
  | {
      kind: "webhook";
      queueId: string;
      url: string;
      status: number | undefined;
      durationMs: number;
      detail: string | undefined;
    }
  | { kind: "fault.fired"; fault: string; point: string; action: string }
  | { kind: "clock"; action: string; to: number }
  /** Somebody changed how the host is run: `who` by account (in a lab: you), `what` in a sentence, never a secret. */
  | { kind: "administration"; who: string; what: string }
  | { kind: "warning"; what: string; detail: string; rfc: string | undefined };

export type JournalEvent = EventHeader & EventBody;
export type EventKind = EventBody["kind"];
/** The events of one kind. */
export type EventOf<K extends EventKind> = EventHeader & Extract<EventBody, { kind: K }>;
