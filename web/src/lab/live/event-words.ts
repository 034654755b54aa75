/** One event as one short line: a word for its kind, a tone, and what happened. Pure; text only, whatever a peer sent. */
import type { JournalEvent } from "../../../../src/journal/events.ts";
import type { Tone } from "../../lib/ui/tone.ts";

export type EventWords = { readonly word: string; readonly tone: Tone; readonly text: string };

/** Limit: a line of a peer may be long; the trace has all of it. */
const TEXT_MAX = 300;

export function eventWords(event: JournalEvent): EventWords {
  const { word, tone, text } = wordsOf(event);
  return { word, tone, text: text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text };
}

function wordsOf(event: JournalEvent): EventWords {
  switch (event.kind) {
    case "connection.opened":
      return {
        word: event.protocol,
        tone: "neutral",
        text: event.side === "server" ? `from ${event.remote}` : `to ${event.remote}`,
      };
    case "connection.closed":
      return { word: "closed", tone: "neutral", text: event.why };
    case "connection.failed":
      return { word: "connect", tone: "fail", text: `${event.to}: ${event.detail}` };
    case "line":
      return { word: event.by === "client" ? "C" : "S", tone: event.by, text: event.text };
    case "content":
      return {
        word: "content",
        tone: event.by,
        text: `${event.sizeBytes} bytes${event.refused === true ? ", refused and read away" : ""}`,
      };
    case "tls.started":
      return {
        word: "tls",
        tone: event.verified === false ? "wait" : "ok",
        text: `${event.protocol} ${event.cipher}`,
      };
    case "tls.failed":
      return { word: "tls", tone: "fail", text: event.detail };
    case "dns.query":
      return { word: "dns", tone: "dns", text: `${event.name} ${event.type}?` };
    case "dns.answer":
    case "dns.served":
      return {
        word: "dns",
        tone: event.rcode === "NOERROR" ? "dns" : "fail",
        text: `${event.name} ${event.type}: ${event.answers.length === 0 ? event.rcode : event.answers.join(", ")}`,
      };
    case "policy":
      return {
        word: "policy",
        tone: event.verdict === "accept" ? "ok" : event.verdict === "reject" ? "fail" : "wait",
        text: `${event.check}: ${event.verdict} ${event.subject} (${event.reason.rule})`,
      };
    case "message.received":
      return {
        word: "received",
        tone: event.reversePath === "" ? "bounce" : "smtp",
        text: `${event.subject ?? "message"} from <${event.reversePath}> to ${event.recipients.join(", ")}`,
      };
    case "message.refused":
      return { word: "refused", tone: "fail", text: `<${event.reversePath}>: ${event.reply}` };
    case "routing":
      return { word: "route", tone: "queue", text: `${event.recipient}: ${event.reason.rule}` };
    case "attempt":
      return { word: "attempt", tone: "queue", text: `${event.attempt} to ${event.recipients.join(", ")}` };
    case "outcome":
      return {
        word: event.result,
        tone: outcomeTones[event.result],
        text: `${event.recipient}: ${event.reply}`,
      };
    case "dsn":
      return { word: "bounce", tone: "bounce", text: `${event.action} report to ${event.to}` };
    case "store":
      return { word: "stored", tone: "ok", text: `${event.mailbox} of ${event.account}, UID ${event.uid}` };
    case "drop":
      return { word: "file", tone: "ok", text: event.file };
    case "webhook":
      return {
        word: "webhook",
        tone: "webhook",
        text: `${event.url}: ${event.status ?? event.detail ?? "no answer"}`,
      };
    case "fault.fired":
      return { word: "fault", tone: "fail", text: `${event.fault} at ${event.point}: ${event.action}` };
    case "clock":
      return { word: "clock", tone: "accent", text: event.action };
    case "administration":
      return { word: "admin", tone: "neutral", text: `${event.who}: ${event.what}` };
    case "warning":
      return { word: "warning", tone: "wait", text: `${event.what}: ${event.detail}` };
  }
}

const outcomeTones = {
  delivered: "ok",
  relayed: "ok",
  deferred: "wait",
  held: "wait",
  released: "queue",
  failed: "fail",
  expired: "fail",
  dropped: "neutral",
} as const;
