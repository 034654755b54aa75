/**
 * An index of journeys, kept up event by event: their summaries stay when the ring has forgotten the events, and a list
 * of 100,000 is not put together again for each question. It says what the full derivation (trace.ts) says, with one
 * liberty: lines on the wire are tied to a message by the queue id they or an outcome name, never by time and place
 * alone. Bounded: the oldest journey goes.
 */
import type { EventOf, JournalEvent } from "../events.ts";
import { createConnectionBook, type ConnectionBook } from "./connection-book.ts";
import { createJourneyList, type JourneyList } from "./journey-list.ts";
import { latestExchange, noteOnConnection, peerOf, type LightExchange } from "./light-connection.ts";
import { createMessageBook } from "./message-book.ts";
import { lightParent, lightRoot, lightTravel, type LightMessage } from "./light-message.ts";
import { createSettledBook } from "./settled-book.ts";
import { refusedId, summarizeMessage, summarizeRefused } from "./summarize.ts";

/** Limit: some 2 kB each, so that a lab that runs for days stays as it is; five times as many are listed as quickly. */
export const JOURNEYS_MAX = 20_000;
/** Limit: 1 kB each, with their exchanges. */
const CONNECTIONS_MAX = 20_000;
/** Limit: 4 kB each; of older journeys that are over, only the summary is kept. News of those is not taken up any more. */
const OPEN_MAX = 10_000;
/** Limit: reports that were announced and did not come; a queue that fails to write one says so and goes on. */
const ANNOUNCED_MAX = 1_000;

export type TraceIndex = {
  /** Each event once, in order. */
  add(event: JournalEvent): void;
  readonly journeys: JourneyList;
  readonly connections: ConnectionBook;
  /** The journey's id by any hop's queue id, or by either end's connection id of its first exchange. */
  find(seed: string): string | undefined;
  clear(): void;
};

export type IndexOptions = {
  readonly journeysMax?: number;
  readonly openMax?: number;
  /** The machine's own time in milliseconds; without it none is noted. */
  readonly realNow?: () => number;
};

export function createTraceIndex({
  journeysMax = JOURNEYS_MAX,
  openMax = OPEN_MAX,
  realNow = () => 0,
}: IndexOptions = {}): TraceIndex {
  const connections = createConnectionBook(CONNECTIONS_MAX);
  const messages = createMessageBook();
  const settled = createSettledBook();
  /** By the report's queue id, whose original it is: a queue says so before the report is in it. */
  const announced = new Map<string, LightMessage>();
  const journeys = createJourneyList(
    (dropped) => {
      forgetMessages(dropped.id);
      settled.forget(dropped);
    },
    journeysMax,
    realNow,
  );

  const journeyOf = (queueId: string): string => {
    const message = messages.get(queueId);
    return message === undefined ? (settled.get(queueId) ?? queueId) : lightRoot(message).queueId;
  };

  function forgetMessages(id: string): void {
    const root = messages.get(id);
    if (root !== undefined) for (const message of lightTravel(root)) messages.forget(message);
  }

  /** Of the journey that is `openMax` before the newest, only the summary stays, when nothing of it waits. */
  function settleOne(): void {
    const journey = journeys.before(openMax);
    if (journey === undefined || !settled.settle(journey)) return;
    forgetMessages(journey.id);
  }

  function change(message: LightMessage | undefined, eventId: number): void {
    if (message !== undefined) journeys.change(lightRoot(message).queueId, eventId);
  }

  function addRoot(message: LightMessage, eventId: number): void {
    const { queueId: id, arrival, receivedId } = message;
    const firstEventId = Math.min(receivedId, arrival === undefined ? receivedId : firstOf(arrival));
    const summarize = () => summarizeMessage(message, journeyOf);
    journeys.add({ id, firstEventId, changedId: eventId, summarize });
  }

  /** Looks again where a message came from, and moves it to its journey; false when it stays where it is. */
  function relink(message: LightMessage, eventId: number): boolean {
    const parent = lightParent(message, messages.withMessageId(message.messageId));
    if (parent === message.parent || parent === message) return false;
    leaveParent(message, eventId);
    message.parent = parent;
    if (parent === undefined) addRoot(message, eventId);
    else {
      parent.children.push(message);
      parent.children.sort((a, b) => a.receivedId - b.receivedId);
    }
    for (const about of [...message.originals, ...message.reports]) change(messages.get(about), eventId);
    change(message, eventId);
    return true;
  }

  function leaveParent(message: LightMessage, eventId: number): void {
    const { parent } = message;
    if (parent === undefined) return journeys.remove(message.queueId);
    parent.children.splice(parent.children.indexOf(message), 1);
    change(parent, eventId);
  }

  function received(event: EventOf<"message.received">): void {
    const connection = event.connection === undefined ? undefined : connections.get(event.connection);
    const arrival = connection === undefined ? undefined : latestExchange(connection);
    const message = messages.receive(event, arrival);
    if (arrival !== undefined) {
      arrival.accepted = message;
      journeys.remove(refusedId(arrival));
    }
    if (!relink(message, event.id)) addRoot(message, event.id);
    if (event.reports !== undefined) {
      const original = messages.withMessageId(event.reports)[0];
      if (original !== undefined) tie(message, original, event.id);
    }
    const about = announced.get(event.queueId);
    if (about !== undefined) message.originals.push(about.queueId);
    announced.delete(event.queueId);
  }

  function announce(reportId: string, original: LightMessage): void {
    original.reports.push(reportId);
    announced.set(reportId, original);
    const [oldest] = announced.keys();
    if (announced.size > ANNOUNCED_MAX && oldest !== undefined) announced.delete(oldest);
  }

  function tie(report: LightMessage, original: LightMessage, eventId: number): void {
    report.originals.push(original.queueId);
    original.reports.push(report.queueId);
    change(report, eventId);
    change(original, eventId);
  }

  /** A message's own events: attempts, outcomes, reports, and whatever names it as its trace. */
  function noteOnMessage(event: JournalEvent): void {
    const id = event.kind === "dsn" ? event.of : "queueId" in event ? event.queueId : event.trace;
    const message = id === undefined ? undefined : messages.get(id);
    if (message === undefined || message.host !== event.host) return;
    message.lastAt = event.at;
    message.lastId = event.id;
    if (event.kind === "attempt") {
      message.attempts.push({ id: event.id, number: event.attempt, handedOn: false, exchanges: [] });
    } else if (event.kind === "outcome") noteOutcome(message, event);
    else if (event.kind === "dsn") {
      message.dsn.push(event.action);
      const report = messages.get(event.queueId);
      if (report === undefined) announce(event.queueId, message);
      else tie(report, message, event.id);
    }
    change(message, event.id);
  }

  function noteOutcome(message: LightMessage, event: EventOf<"outcome">): void {
    const { result, status, reply, nextAttemptAt, recipient } = event;
    message.outcomes.set(recipient, { result, status, reply, nextAttemptAt });
    if (result !== "relayed" && result !== "delivered") return;
    const attempt = message.attempts.findLast(({ number }) => number === event.attempt);
    if (attempt === undefined || attempt.handedOn) return;
    attempt.handedOn = true;
    // It may have come back from a foreign server before that server's 250 was written down.
    for (const later of messages.withMessageId(message.messageId))
      if (later.receivedId > attempt.id) relink(later, event.id);
  }

  function noteOnExchange(exchange: LightExchange, event: JournalEvent): void {
    const { connection } = exchange;
    if (connection.side === "client" && event.trace !== undefined && event.trace !== connection.id)
      claim(exchange, messages.get(event.trace), event.id);
    change(exchange.sender ?? peerOf(exchange)?.sender, event.id);
    change(exchange.accepted ?? peerOf(exchange)?.accepted, event.id);
    const taken = connection.side === "server" ? exchange : peerOf(exchange);
    if (taken !== undefined) noteRefusal(taken, event.id);
  }

  /** `message` is what is sent in this exchange, as its lines or its outcome say. */
  function claim(exchange: LightExchange, message: LightMessage | undefined, eventId: number): void {
    if (exchange.sender !== undefined || message?.host !== exchange.connection.host) return;
    const attempt = message.attempts.at(-1);
    if (attempt === undefined || attempt.id > exchange.firstId) return;
    exchange.sender = message;
    attempt.exchanges.push(exchange);
    const root = journeys.get(lightRoot(message).queueId);
    if (root !== undefined) root.firstEventId = Math.min(root.firstEventId, firstOf(exchange));
    const taken = peerOf(exchange);
    if (taken === undefined) return;
    journeys.remove(refusedId(taken));
    if (taken.accepted !== undefined) relink(taken.accepted, eventId);
  }

  /** Mail that was turned away, sent by nobody whose journey is known, is a journey of its own. */
  function noteRefusal(taken: LightExchange, eventId: number): void {
    const said = peerOf(taken);
    taken.refusal ??= said?.refusal;
    if (taken.refusal === undefined || taken.accepted !== undefined || said?.sender !== undefined) return;
    const id = refusedId(taken);
    if (journeys.get(id) !== undefined) return journeys.change(id, eventId);
    const summarize = () => summarizeRefused(taken);
    journeys.add({ id, firstEventId: firstOf(taken), changedId: eventId, summarize });
  }

  return {
    journeys,
    connections,
    add(event) {
      if (event.kind === "connection.opened") connections.open(event);
      if (event.kind === "connection.failed") connections.fail(event);
      if (event.kind === "message.received") {
        received(event);
        settleOne();
      }
      const connection = event.kind === "connection.opened" ? undefined : connections.of(event);
      const exchange = connection === undefined ? undefined : noteOnConnection(connection, event);
      noteOnMessage(event);
      if (exchange !== undefined) noteOnExchange(exchange, event);
    },
    find(seed) {
      const message = messages.get(seed);
      if (message !== undefined) return lightRoot(message).queueId;
      const known = settled.get(seed);
      if (known !== undefined) return known;
      if (journeys.get(seed) !== undefined) return seed;
      const connection = connections.get(seed);
      for (const end of [connection, connection?.peer])
        for (const exchange of end?.exchanges.values() ?? []) {
          const found = exchange.sender ?? exchange.accepted;
          if (found !== undefined) return lightRoot(found).queueId;
          if (end?.side === "server" && journeys.get(refusedId(exchange)) !== undefined)
            return refusedId(exchange);
        }
      return undefined;
    },
    clear() {
      connections.clear();
      messages.clear();
      settled.clear();
      announced.clear();
      journeys.clear();
    },
  };
}

/** The first event of either end. */
function firstOf({ connection }: LightExchange): number {
  return Math.min(connection.firstId, connection.peer?.firstId ?? Infinity);
}
