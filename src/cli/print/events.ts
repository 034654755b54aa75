/** The live list: one line for each event, as it happens. Pure. */
import { formatDuration } from "../../base/duration.ts";
import type { JournalEvent } from "../../journal/events.ts";
import { clip, printable, resultStyle } from "./style.ts";
import type { Style } from "./style.ts";

const HOST_WIDTH = 10;

/** One line each, each ending in a newline. */
export function printEvents(events: readonly JournalEvent[], style: Style): string {
  return events.map((event) => `${printEvent(event, style)}\n`).join("");
}

export function printEvent(event: JournalEvent, style: Style): string {
  const time = new Date(event.at).toISOString().slice(11, 23);
  const host = clip(event.host, HOST_WIDTH).padEnd(HOST_WIDTH);
  const room = style.width - time.length - HOST_WIDTH - 2;
  const text = clip(printable(eventText(event)), Math.max(0, room));
  return `${style.dim(time)} ${style.name(host)} ${tone(event, style)(text)}`.trimEnd();
}

function tone(event: JournalEvent, style: Style): (text: string) => string {
  switch (event.kind) {
    case "line":
      return event.by === "client" ? style.client : style.server;
    case "outcome":
      return resultStyle(event.result, style);
    case "policy":
      return resultStyle(event.verdict, style);
    case "connection.failed":
    case "tls.failed":
    case "message.refused":
      return style.bad;
    case "warning":
    case "fault.fired":
      return style.wait;
    default:
      return (text) => text;
  }
}

/** The event as a sentence, without time, host or colour. */
export function eventText(event: JournalEvent): string {
  switch (event.kind) {
    case "connection.opened":
      return event.side === "server"
        ? `${event.protocol} from ${event.remote}`
        : `${event.protocol} to ${event.remote}`;
    case "connection.closed":
      return `closed: ${event.why}`;
    case "connection.failed":
      return `connect ${event.to}: ${event.fault}: ${event.detail}`;
    case "line":
      return `${event.by === "client" ? "C" : "S"}: ${event.text}`;
    case "content":
      return `C: (message: ${event.sizeBytes} bytes${event.refused === true ? ", refused and read away" : ""})`;
    case "tls.started":
      return `TLS: ${event.protocol} ${event.cipher}`;
    case "tls.failed":
      return `TLS failed: ${event.detail}`;
    case "policy":
      return `${event.check}: ${event.verdict} ${event.subject} because ${event.reason.rule}`;
    case "message.received":
      return `${event.queueId} accepted <${event.reversePath}> for ${event.recipients.join(", ")}`;
    case "message.refused":
      return `refused <${event.reversePath}>: ${event.reply}`;
    case "fault.fired":
      return `fault ${event.fault} at ${event.point}: ${event.action}`;
    case "clock":
      return `clock ${event.action}: ${new Date(event.to).toISOString()}`;
    case "administration":
      return `${event.who} ${event.what}`;
    case "warning":
      return `warning: ${event.what}: ${event.detail}`;
    default:
      return dnsText(event) ?? queueText(event);
  }
}

function dnsText(event: JournalEvent): string | undefined {
  switch (event.kind) {
    case "dns.query":
      return `dns? ${event.name} ${event.type} @${event.server} ${event.transport}`;
    case "dns.answer":
      return `dns  ${event.name} ${event.type} → ${found(event)} (${event.from}, ${formatDuration(event.durationMs)})`;
    case "dns.served":
      return `dns  ${event.name} ${event.type} → ${found(event)} to ${event.client} ${event.transport}`;
    default:
      return undefined;
  }
}

function found({ answers, rcode }: { readonly answers: readonly string[]; readonly rcode: string }): string {
  return answers.length > 0 ? answers.join(", ") : rcode;
}

function queueText(event: JournalEvent): string {
  switch (event.kind) {
    case "routing":
      return `${event.queueId} route ${event.recipient}: ${event.decision}`;
    case "attempt":
      return `${event.queueId} attempt ${event.attempt} to ${event.to}`;
    case "outcome":
      return `${event.queueId} ${event.result} ${event.recipient} ${event.status} ${event.reply}`;
    case "dsn":
      return `${event.queueId} report “${event.action}” about ${event.of} to ${event.to}`;
    case "store":
      return `${event.queueId} stored in ${event.mailbox} of ${event.account} as UID ${event.uid}`;
    case "drop":
      return `${event.queueId} written to ${event.file}`;
    case "webhook":
      return `${event.queueId} called ${event.url}: ${event.status ?? "no answer"}`;
    default:
      return event.kind;
  }
}
