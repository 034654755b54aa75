/** Puts one journey together from the index: hops in the order of travel, each conversation once. Pure. */
import type { Conversation } from "./conversation.ts";
import { converse } from "./conversation.ts";
import type { EventOf, JournalEvent } from "./events.ts";
import type { Attempt, Hop, Trace } from "./journey.ts";
import type { AttemptRecord, MailIndex, MessageRecord } from "./messages.ts";
import { recipientResults } from "./results.ts";

/** The first hop of the journey this message is a hop of. */
export function rootOf(index: MailIndex, message: MessageRecord): MessageRecord {
  const seen = new Set([message]);
  let root = message;
  while (root.link !== undefined) {
    const before = index.messages.get(root.link.from);
    if (before === undefined || seen.has(before)) return root; // a loop is still a journey: it starts where we are
    seen.add(before);
    root = before;
  }
  return root;
}

export function buildTrace(index: MailIndex, root: MessageRecord): Trace {
  const records = travel(index, root);
  const talks = new Map<string, Conversation>();
  const hops = records.map((record) => buildHop(record, talks));
  const { received } = root;
  return {
    id: root.queueId,
    messageId: received.messageId,
    subject: received.subject,
    reversePath: received.reversePath,
    recipients: received.recipients,
    startedAt: Math.min(...hops.map(hopStart)),
    endedAt: Math.max(...records.map(endOf)),
    results: recipientResults(index, root),
    hops,
    related: relate(index, records),
  };
}

/** Depth first, so that each branch of a fan-out reads from start to end. */
function travel(index: MailIndex, root: MessageRecord): MessageRecord[] {
  const order: MessageRecord[] = [];
  const seen = new Set<MessageRecord>();
  const stack = [root];
  for (let record = stack.pop(); record !== undefined; record = stack.pop()) {
    if (seen.has(record)) continue;
    seen.add(record);
    order.push(record);
    stack.push(...(index.children.get(record.queueId) ?? []).toReversed());
  }
  return order;
}

function hopStart({ arrival, at }: Hop): number {
  return (arrival?.earlier === 0 ? arrival.openedAt : arrival?.items[0]?.at) ?? at;
}

function endOf({ received, arrival, events, attempts }: MessageRecord): number {
  const lines = [arrival, ...attempts.flatMap((attempt) => attempt.exchanges)].flatMap((exchange) => {
    const last = exchange?.connection.events.findLast((event) => event.id <= exchange.lastId);
    return last?.at ?? [];
  });
  return Math.max(received.at, events.at(-1)?.at ?? 0, ...lines);
}

function buildHop(record: MessageRecord, talks: Map<string, Conversation>): Hop {
  const { queueId, host, received, arrival, events, attempts, link } = record;
  const attempted = new Set(attempts.flatMap((attempt) => attempt.outcomes));
  const talk =
    arrival === undefined
      ? undefined
      : (talks.get(`${arrival.connection.id}/${arrival.ordinal}`) ?? converse(arrival.connection, arrival));
  const earlier = talk?.items.flatMap(({ event }) => (event.kind === "policy" ? [event] : [])) ?? [];
  const policies = [
    ...new Set([...earlier.filter((event) => event.host === host), ...ofKind(events, "policy")]),
  ];
  return {
    host,
    queueId,
    link,
    at: received.at,
    received,
    arrival: talk,
    policies,
    routing: ofKind(events, "routing"),
    lookups: ofKind(events, "dns.answer"),
    attempts: attempts.map((attempt) => buildAttempt(attempt, talks)),
    decisions: ofKind(events, "outcome").filter((outcome) => !attempted.has(outcome)),
    ends: events.filter(
      (event) => event.kind === "store" || event.kind === "drop" || event.kind === "webhook",
    ),
    warnings: ofKind(events, "warning"),
    reports: ofKind(events, "dsn"),
  };
}

function buildAttempt(record: AttemptRecord, talks: Map<string, Conversation>): Attempt {
  const { event, failures, outcomes } = record;
  const mute = record.mute.map((connection) => converse(connection, undefined));
  const spoken = record.exchanges.map((exchange) => {
    const talk = converse(exchange.connection, exchange);
    const { peer } = exchange.connection;
    if (peer !== undefined) talks.set(`${peer.id}/${exchange.ordinal}`, talk);
    return talk;
  });
  const conversations = [...mute, ...spoken].sort((a, b) => a.openedAt - b.openedAt);
  const { attempt: number, at, recipients, to } = event;
  return { number, at, recipients, to, failures, conversations, outcomes };
}

function ofKind<K extends JournalEvent["kind"]>(events: readonly JournalEvent[], kind: K): EventOf<K>[] {
  return events.filter((event): event is EventOf<K> => event.kind === kind);
}

/** By the first hop's queue id, whichever hop was reported on. */
function relate(index: MailIndex, records: readonly MessageRecord[]): Trace["related"] {
  const idOf = (queueId: string): string => {
    const record = index.messages.get(queueId);
    return record === undefined ? queueId : rootOf(index, record).queueId;
  };
  const own = idOf(records[0]?.queueId ?? "");
  const others = (map: ReadonlyMap<string, readonly string[]>): string[] => {
    const ids = new Set(records.flatMap(({ queueId }) => (map.get(queueId) ?? []).map(idOf)));
    ids.delete(own);
    return [...ids];
  };
  return { originalOf: others(index.reports.originalOf)[0], reports: others(index.reports.byOriginal) };
}
