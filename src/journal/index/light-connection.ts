/**
 * What the index of journeys remembers of a connection when its events are forgotten: who spoke with whom, and of each
 * exchange (one MAIL up to the next) only what a summary needs. Never the lines. Pure but for the records it is given.
 */
import type { EventOf, JournalEvent, Side } from "../events.ts";
import { endpointsKey, isGoodbye, MAIL_LINE, pathOf, RCPT_LINE } from "../connections.ts";
import type { LightMessage } from "./light-message.ts";

/** Limit: the two ends of a connection are at most a pipeline apart; older exchanges do not change any more. */
const EXCHANGES_KEPT = 64;
/** Limit: as many as a server takes in one transaction (RFC 5321 §4.5.3.1.8 asks for 100). */
const RECIPIENTS_KEPT = 1000;

export type LightConnection = {
  readonly id: string;
  readonly host: string;
  readonly side: Side;
  readonly protocol: string;
  readonly local: string;
  readonly remote: string;
  readonly openedAt: number;
  readonly firstId: number;
  lastId: number;
  lastAt: number;
  lineCount: number;
  sizeBytes: number;
  warningCount: number;
  faultCount: number;
  tls: string | undefined;
  user: string | undefined;
  /** Why it ended; undefined while it is open. */
  closed: string | undefined;
  lastReply: string | undefined;
  messageCount: number;
  exchangeCount: number;
  /** The latest, by ordinal. */
  readonly exchanges: Map<number, LightExchange>;
  peer: LightConnection | undefined;
};

export type LightExchange = {
  readonly connection: LightConnection;
  readonly ordinal: number;
  readonly firstId: number;
  readonly at: number;
  readonly mailLine: string;
  readonly reversePath: string;
  readonly recipients: string[];
  /** Of the last line or content before a QUIT. */
  lastAt: number;
  /** Of the last thing that a conversation shows. */
  lastItemAt: number;
  isOver: boolean;
  /** The last reply that said no. */
  refusal: string | undefined;
  /** Its events name a message as their trace. */
  traced: boolean;
  sender: LightMessage | undefined;
  accepted: LightMessage | undefined;
};

export function openLight(event: EventOf<"connection.opened">): LightConnection {
  const { connection: id, host, side, protocol, local, remote, at } = event;
  const ends = { id, host, side, protocol, local, remote, openedAt: at, firstId: event.id };
  const counts = {
    lineCount: 0,
    sizeBytes: 0,
    warningCount: 0,
    faultCount: 0,
    messageCount: 0,
    exchangeCount: 0,
  };
  const unknown = {
    tls: undefined,
    user: undefined,
    closed: undefined,
    lastReply: undefined,
    peer: undefined,
  };
  return { ...ends, ...counts, ...unknown, lastId: event.id, lastAt: at, exchanges: new Map() };
}

/** Ties the two ends of one connection; `lonely` holds those whose other end has not been seen. */
export function pairLight(record: LightConnection, lonely: Map<string, LightConnection>): void {
  const { own, wanted } = endpointsKey(record);
  const peer = lonely.get(wanted);
  if (peer === undefined) {
    // Anew, so that the map stays in the order of opening: the oldest goes first.
    lonely.delete(own);
    lonely.set(own, record);
    return;
  }
  lonely.delete(wanted);
  record.peer = peer;
  peer.peer = record;
}

export function latestExchange(connection: LightConnection): LightExchange | undefined {
  return connection.exchanges.get(connection.exchangeCount - 1);
}

export function peerOf({ connection, ordinal }: LightExchange): LightExchange | undefined {
  return connection.peer?.exchanges.get(ordinal);
}

/** Takes up an event of this connection; the exchange it belongs to, if there is one by now. */
export function noteOnConnection(record: LightConnection, event: JournalEvent): LightExchange | undefined {
  record.lastId = event.id;
  record.lastAt = event.at;
  countOn(record, event);
  if (event.kind === "line" && event.by === "client") noteCommand(record, event);
  const exchange = latestExchange(record);
  if (exchange === undefined) return undefined;
  exchange.isOver ||= isGoodbye(event);
  if (!exchange.isOver && (event.kind === "line" || event.kind === "content")) exchange.lastAt = event.at;
  if (isShown(event)) exchange.lastItemAt = Math.max(exchange.lastItemAt, event.at);
  if (event.kind === "line" && event.by === "server" && /^[45]\d\d[ -]/.test(event.text))
    exchange.refusal = event.text;
  if (event.trace !== undefined && event.trace !== record.id) exchange.traced = true;
  return exchange;
}

function countOn(record: LightConnection, event: JournalEvent): void {
  switch (event.kind) {
    case "line":
      record.lineCount += 1;
      // A goodbye tells nothing.
      if (event.by === "server" && !event.text.startsWith("221")) record.lastReply = event.text.slice(0, 200);
      break;
    case "content":
      record.sizeBytes += event.sizeBytes;
      break;
    case "warning":
      record.warningCount += 1;
      break;
    case "fault.fired":
      record.faultCount += 1;
      break;
    case "tls.started":
      record.tls = event.protocol;
      break;
    case "connection.closed":
      record.closed = event.why;
      break;
    case "message.received":
      record.messageCount += 1;
      break;
    default:
  }
}

function noteCommand(record: LightConnection, event: EventOf<"line">): void {
  const reversePath = pathOf(event.text, MAIL_LINE);
  if (reversePath !== undefined) {
    const ordinal = record.exchangeCount++;
    const said = { firstId: event.id, at: event.at, mailLine: event.text, reversePath, recipients: [] };
    const times = { lastAt: event.at, lastItemAt: event.at, isOver: false };
    const unknown = { refusal: undefined, traced: false, sender: undefined, accepted: undefined };
    record.exchanges.set(ordinal, { connection: record, ordinal, ...said, ...times, ...unknown });
    record.exchanges.delete(ordinal - EXCHANGES_KEPT);
    return;
  }
  const recipient = pathOf(event.text, RCPT_LINE);
  const recipients = latestExchange(record)?.recipients;
  if (recipient !== undefined && recipients !== undefined && recipients.length < RECIPIENTS_KEPT)
    recipients.push(recipient);
}

/** What conversation.ts shows as an item. */
function isShown({ kind }: JournalEvent): boolean {
  switch (kind) {
    case "line":
    case "content":
    case "tls.started":
    case "tls.failed":
    case "policy":
    case "fault.fired":
    case "connection.closed":
      return true;
    default:
      return false;
  }
}

/** When the exchange began, as both derivations say: the first with its connection, a later one with its MAIL. */
export function exchangeStart(exchange: LightExchange): number {
  const { connection, ordinal } = exchange;
  const client = connection.side === "client" ? connection : connection.peer;
  if (ordinal === 0) return (client ?? connection).openedAt;
  const said = client?.exchanges.get(ordinal);
  return said !== undefined && said.mailLine === exchange.mailLine ? said.at : exchange.at;
}
