/**
 * One connection whole, with all its exchanges, as both ends saw it, and what was wrong about it as objects. Pure;
 * derived from events, so what the ring has forgotten is not there.
 */
import { collectConnections, type ConnectionRecord } from "./connections.ts";
import { converseWhole, type Conversation } from "./conversation.ts";
import type { JournalEvent } from "./events.ts";

/** Something of note about a session: the rule, what happened, and where it is written. */
export type SessionWarning = {
  readonly at: number;
  readonly host: string;
  readonly rule: string;
  readonly text: string;
  readonly rfc: string | undefined;
  /** The event that says so, to point at the line. */
  readonly event: number;
};

export type Session = {
  readonly conversation: Conversation;
  readonly warnings: readonly SessionWarning[];
  /** Queue ids of the mail it carried. */
  readonly messages: readonly string[];
};

/** `seed` is the connection id of either end. */
export function sessionOf(events: readonly JournalEvent[], seed: string): Session | undefined {
  const record = collectConnections(events).get(seed);
  if (record === undefined) return undefined;
  const ends: ConnectionRecord[] = record.peer === undefined ? [record] : [record, record.peer];
  const own = ends.flatMap((end) => end.events);
  return {
    conversation: converseWhole(record),
    warnings: own.flatMap((event) => warningOf(event) ?? []).sort((a, b) => a.event - b.event),
    messages: own.flatMap((event) => (event.kind === "message.received" ? [event.queueId] : [])),
  };
}

function warningOf(event: JournalEvent): SessionWarning | undefined {
  const { at, host, id } = event;
  switch (event.kind) {
    case "warning":
      return { at, host, event: id, rule: event.what, text: event.detail, rfc: event.rfc };
    case "tls.failed":
      return { at, host, event: id, rule: "TLS failed", text: event.detail, rfc: "RFC 3207 §4" };
    case "tls.started":
      // Only who connects checks a certificate; the other end says nothing about it.
      if (event.verified !== false || event.detail === undefined) return undefined;
      return {
        at,
        host,
        event: id,
        rule: "certificate",
        text: `the certificate ${event.detail}`,
        rfc: "RFC 3207 §4.1",
      };
    case "policy": {
      if (event.verdict === "accept") return undefined;
      const { reason, check, verdict, subject } = event;
      return {
        at,
        host,
        event: id,
        rule: check,
        text: `${verdict} ${subject}: ${reason.detail ?? reason.rule}`,
        rfc: reason.rfc,
      };
    }
    default:
      return undefined;
  }
}
