/**
 * Connections out of the journal: which lines belong together, which two records are the two ends of one TCP
 * connection, and where one message's exchange ends and the next begins. Pure; what the ring has already forgotten
 * is simply not there.
 *
 * An exchange runs from its MAIL line up to the next MAIL line of the same connection. What comes before the first
 * MAIL (greeting, EHLO, TLS, AUTH) is the preamble.
 */
import type { EventOf, JournalEvent, Side } from "./events.ts";

export type ConnectionRecord = {
  readonly id: string;
  readonly host: string;
  readonly side: Side;
  readonly protocol: string;
  readonly local: string;
  readonly remote: string;
  readonly openedAt: number;
  readonly firstId: number;
  /** Everything recorded about it, oldest first. */
  readonly events: JournalEvent[];
  readonly exchanges: Exchange[];
  /** The other end, when that host writes into the same journal. */
  peer: ConnectionRecord | undefined;
};

export type Exchange = {
  readonly connection: ConnectionRecord;
  /** From 0: the how manieth MAIL of its connection. */
  readonly ordinal: number;
  readonly firstId: number;
  lastId: number;
  /** QUIT was said: what follows is not about its message. */
  isOver: boolean;
  readonly reversePath: string;
  readonly recipients: string[];
  /** The queue ids its own events name as their trace. */
  readonly traces: Set<string>;
};

export type Connections = ReadonlyMap<string, ConnectionRecord>;

export function collectConnections(events: readonly JournalEvent[]): Connections {
  const connections = new Map<string, ConnectionRecord>();
  const lonely = new Map<string, ConnectionRecord>();
  for (const event of events) {
    if (event.kind === "connection.opened") {
      const record = openConnection(event);
      connections.set(event.connection, record);
      pair(record, lonely);
      continue;
    }
    const id = connectionOf(event);
    const record = id === undefined ? undefined : connections.get(id);
    if (record !== undefined && record.host === event.host) addEvent(record, event);
  }
  return connections;
}

/** The same exchange as the other end recorded it. */
export function peerExchange(exchange: Exchange): Exchange | undefined {
  return exchange.connection.peer?.exchanges[exchange.ordinal];
}

/** The exchange that was going on when the event with this id was recorded. */
export function exchangeAt(connection: ConnectionRecord, eventId: number): Exchange | undefined {
  return connection.exchanges.findLast((exchange) => exchange.firstId <= eventId);
}

/** The connection an event belongs to, or the message it may name instead. */
export function connectionOf(event: JournalEvent): string | undefined {
  const named = "connection" in event ? event.connection : undefined;
  return named ?? event.trace;
}

function openConnection(event: EventOf<"connection.opened">): ConnectionRecord {
  const { connection: id, host, side, protocol, local, remote } = event;
  const record = { id, host, side, protocol, local, remote, openedAt: event.at, firstId: event.id };
  return { ...record, events: [event], exchanges: [], peer: undefined };
}

/** Two records are one connection when their endpoints mirror each other; a port used again meets its latest use. */
function pair(record: ConnectionRecord, lonely: Map<string, ConnectionRecord>): void {
  const { own, wanted } = endpointsKey(record);
  const peer = lonely.get(wanted);
  if (peer === undefined) {
    lonely.set(own, record);
    return;
  }
  lonely.delete(wanted);
  record.peer = peer;
  peer.peer = record;
}

/** Names of a record and of the one that would be its other end. */
export function endpointsKey({ side, local, remote }: Pick<ConnectionRecord, "side" | "local" | "remote">): {
  readonly own: string;
  readonly wanted: string;
} {
  const server = side === "server" ? local : remote;
  const client = side === "server" ? remote : local;
  const other = side === "server" ? "client" : "server";
  return { own: `${side} ${server} ${client}`, wanted: `${other} ${server} ${client}` };
}

function addEvent(record: ConnectionRecord, event: JournalEvent): void {
  record.events.push(event);
  if (event.kind === "line" && event.by === "client") {
    const reversePath = pathOf(event.text, MAIL_LINE);
    if (reversePath !== undefined) startExchange(record, event, reversePath);
    const recipient = pathOf(event.text, RCPT_LINE);
    if (recipient !== undefined) record.exchanges.at(-1)?.recipients.push(recipient);
  }
  const exchange = record.exchanges.at(-1);
  if (exchange === undefined) return;
  // Late news of a kept connection (a routing step that names it as its trace) do not stretch the exchange, nor does
  // its goodbye, which may come minutes after.
  exchange.isOver ||= isGoodbye(event);
  if (!exchange.isOver && (event.kind === "line" || event.kind === "content")) exchange.lastId = event.id;
  if (event.trace !== undefined && event.trace !== record.id) exchange.traces.add(event.trace);
}

function startExchange(record: ConnectionRecord, event: JournalEvent, reversePath: string): void {
  record.exchanges.push({
    connection: record,
    ordinal: record.exchanges.length,
    firstId: event.id,
    lastId: event.id,
    isOver: false,
    reversePath,
    recipients: [],
    traces: new Set(),
  });
}

export function isGoodbye(event: JournalEvent): boolean {
  return event.kind === "line" && event.by === "client" && /^QUIT\s*$/i.test(event.text);
}

export const MAIL_LINE = /^MAIL FROM:\s*(?:<([^>]*)>|(\S+))/i;
export const RCPT_LINE = /^RCPT TO:\s*(?:<([^>]*)>|(\S+))/i;

/** The address of a MAIL or RCPT line, without a source route; for display and comparison, not for delivery. */
export function pathOf(line: string, form: RegExp): string | undefined {
  const match = form.exec(line);
  if (match === null) return undefined;
  return (match[1] ?? match[2] ?? "").replace(/^@[^:]*:/, "");
}
