/**
 * Messages out of the journal: what each host did with each queue id, which attempt made which lines on the wire, and
 * which message came from which. Pure. A link that is only likely says so in `via`.
 */
import { collectConnections, exchangeAt, peerExchange } from "./connections.ts";
import type { ConnectionRecord, Connections, Exchange } from "./connections.ts";
import type { EventOf, JournalEvent } from "./events.ts";

/** How a message is known to come from the one before: the same TCP connection, or only the same Message-ID. */
export type Link = { readonly from: string; readonly via: "connection" | "messageId" };

export type AttemptRecord = {
  readonly event: EventOf<"attempt">;
  readonly outcomes: EventOf<"outcome">[];
  readonly failures: EventOf<"connection.failed">[];
  readonly exchanges: Exchange[];
  /** Connections that never came to a MAIL. */
  readonly mute: ConnectionRecord[];
};

export type MessageRecord = {
  readonly queueId: string;
  readonly host: string;
  readonly received: EventOf<"message.received">;
  /** The exchange it arrived in, as this host recorded it. */
  arrival: Exchange | undefined;
  readonly events: JournalEvent[];
  readonly attempts: AttemptRecord[];
  link: Link | undefined;
};

export type MailIndex = {
  readonly connections: Connections;
  /** By queue id, in the order they were accepted. */
  readonly messages: ReadonlyMap<string, MessageRecord>;
  /** Whose attempt an exchange of the sending side was. */
  readonly senderOf: ReadonlyMap<Exchange, MessageRecord>;
  readonly children: ReadonlyMap<string, readonly MessageRecord[]>;
  readonly reports: Reports;
};

/** Which messages are reports about which: ours name the queue id, a foreign server's the original's Message-ID. */
export type Reports = {
  /** Queue ids of reports, by the queue id they are about. */
  readonly byOriginal: ReadonlyMap<string, readonly string[]>;
  /** The other way round. */
  readonly originalOf: ReadonlyMap<string, readonly string[]>;
};

/** One pass over the events, and one over the attempts. */
export function indexMail(events: readonly JournalEvent[]): MailIndex {
  const connections = collectConnections(events);
  const messages = collectMessages(events, connections);
  const wire = indexWire(connections);
  const senderOf = new Map<Exchange, MessageRecord>();
  for (const message of messages.values()) fillAttempts(message, connections, wire, senderOf);
  linkMessages(messages, senderOf);
  const children = new Map<string, MessageRecord[]>();
  for (const message of messages.values()) {
    if (message.link !== undefined) appendTo(children, message.link.from, message);
  }
  return { connections, messages, senderOf, children, reports: collectReports(events, messages) };
}

function collectReports(
  events: readonly JournalEvent[],
  messages: ReadonlyMap<string, MessageRecord>,
): Reports {
  const byOriginal = new Map<string, string[]>();
  const originalOf = new Map<string, string[]>();
  const tie = (report: string, original: string): void => {
    appendTo(byOriginal, original, report);
    appendTo(originalOf, report, original);
  };
  const firstWith = new Map<string, string>();
  for (const { queueId, received } of messages.values()) {
    if (received.messageId !== undefined && !firstWith.has(received.messageId)) {
      firstWith.set(received.messageId, queueId);
    }
  }
  for (const event of events) {
    if (event.kind === "dsn") tie(event.queueId, event.of);
    if (event.kind !== "message.received" || event.reports === undefined) continue;
    const original = firstWith.get(event.reports);
    if (original !== undefined) tie(event.queueId, original);
  }
  return { byOriginal, originalOf };
}

function collectMessages(
  events: readonly JournalEvent[],
  connections: Connections,
): Map<string, MessageRecord> {
  const messages = new Map<string, MessageRecord>();
  for (const event of events) {
    if (event.kind !== "message.received") continue;
    const connection = event.connection === undefined ? undefined : connections.get(event.connection);
    const arrival = connection === undefined ? undefined : exchangeAt(connection, event.id);
    const { queueId, host } = event;
    messages.set(queueId, {
      queueId,
      host,
      received: event,
      arrival,
      events: [],
      attempts: [],
      link: undefined,
    });
  }
  for (const event of events) {
    const id = event.kind === "dsn" ? event.of : "queueId" in event ? event.queueId : event.trace;
    const message = id === undefined ? undefined : messages.get(id);
    if (message !== undefined && message.host === event.host) message.events.push(event);
  }
  return messages;
}

/** The sending side's exchanges by host and recipient, oldest first: for records that do not name their connection. */
type Wire = {
  readonly exchanges: Map<string, Exchange[]>;
  readonly muteByTrace: Map<string, ConnectionRecord[]>;
};

function indexWire(connections: Connections): Wire {
  const wire: Wire = { exchanges: new Map(), muteByTrace: new Map() };
  for (const connection of connections.values()) {
    if (connection.side !== "client") continue;
    for (const exchange of connection.exchanges) {
      const names = exchange.recipients.map((recipient) => wireKey(connection.host, recipient));
      for (const name of new Set(names)) appendTo(wire.exchanges, name, exchange);
    }
    if (connection.exchanges.length > 0) continue;
    for (const trace of new Set(connection.events.map((event) => event.trace))) {
      if (trace !== undefined && trace !== connection.id) appendTo(wire.muteByTrace, trace, connection);
    }
  }
  return wire;
}

function wireKey(host: string, recipient: string): string {
  return `${host} ${recipient.toLowerCase()}`;
}

function fillAttempts(
  message: MessageRecord,
  connections: Connections,
  wire: Wire,
  senderOf: Map<Exchange, MessageRecord>,
): void {
  for (const event of message.events) {
    if (event.kind === "attempt") {
      message.attempts.push({ event, outcomes: [], failures: [], exchanges: [], mute: [] });
    } else if (event.kind === "outcome") {
      const made = (attempt: AttemptRecord): boolean =>
        attempt.event.attempt === event.attempt && attempt.event.recipients.includes(event.recipient);
      message.attempts.findLast(made)?.outcomes.push(event);
    } else if (event.kind === "connection.failed") {
      const causing = message.attempts.find((attempt) => attempt.event.id === event.cause);
      (causing ?? message.attempts.at(-1))?.failures.push(event);
    }
  }
  for (const [index, attempt] of message.attempts.entries()) {
    const named = new Set([
      attempt.event.connection,
      ...attempt.outcomes.map((outcome) => outcome.connection),
    ]);
    const untilId = attempt.outcomes.at(-1)?.id ?? message.attempts[index + 1]?.event.id ?? Infinity;
    const span = { message, attempt, named, untilId };
    for (const exchange of candidates(span, connections, wire, senderOf)) {
      attempt.exchanges.push(exchange);
      senderOf.set(exchange, message);
    }
    for (const connection of wire.muteByTrace.get(message.queueId) ?? []) {
      const within = connection.firstId > attempt.event.id && connection.firstId < untilId;
      if (within || named.has(connection.id)) attempt.mute.push(connection);
    }
  }
}

type Span = {
  readonly message: MessageRecord;
  readonly attempt: AttemptRecord;
  readonly named: ReadonlySet<string | undefined>;
  /** The event by which the attempt was over. */
  readonly untilId: number;
};

/** Exchanges of this attempt: to its recipients, while it ran, on a connection it names, or failing that on any. */
function candidates(
  { message, attempt, named, untilId }: Span,
  connections: Connections,
  wire: Wire,
  senderOf: ReadonlyMap<Exchange, MessageRecord>,
): Exchange[] {
  const found = new Set<Exchange>();
  const consider = (exchange: Exchange): void => {
    if (senderOf.has(exchange) || exchange.firstId < attempt.event.id || exchange.firstId > untilId) return;
    const { traces, connection } = exchange;
    const mine =
      traces.size > 0
        ? traces.has(message.queueId)
        : connection.side === "client" &&
          connection.host === message.host &&
          exchange.reversePath.toLowerCase() === message.received.reversePath.toLowerCase();
    if (mine) found.add(exchange);
  };
  for (const recipient of attempt.event.recipients) {
    for (const exchange of wire.exchanges.get(wireKey(message.host, recipient)) ?? []) consider(exchange);
  }
  // An exchange that ended at MAIL has no RCPT to be found by.
  for (const id of named) connections.get(id ?? "")?.exchanges.forEach(consider);
  return [...found].sort((a, b) => a.firstId - b.firstId);
}

function linkMessages(
  messages: ReadonlyMap<string, MessageRecord>,
  senderOf: ReadonlyMap<Exchange, MessageRecord>,
): void {
  const strangers = new Map<string, MessageRecord[]>(); // by Message-ID: those that were handed to a stranger
  for (const message of messages.values()) {
    const { arrival, received } = message;
    const peer = arrival === undefined ? undefined : peerExchange(arrival);
    const sender = peer === undefined ? undefined : senderOf.get(peer);
    const same = received.messageId === undefined ? undefined : strangers.get(received.messageId);
    const carrier = same?.findLast((one) => wentToStranger(one, received.id));
    if (sender !== undefined) message.link = { from: sender.queueId, via: "connection" };
    else if (carrier !== undefined && arrival !== undefined) {
      message.link = { from: carrier.queueId, via: "messageId" };
    }
    if (received.messageId !== undefined && wentToStranger(message, Infinity))
      appendTo(strangers, received.messageId, message);
  }
}

/** Before this event it was tried, and handed on, over a connection whose other end does not write here: a foreign server. */
function wentToStranger({ attempts }: MessageRecord, beforeId: number): boolean {
  return attempts.some(
    ({ event, outcomes, exchanges }) =>
      event.id < beforeId &&
      outcomes.some((outcome) => outcome.result === "relayed" || outcome.result === "delivered") &&
      exchanges.some((exchange) => exchange.connection.peer === undefined),
  );
}

function appendTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
