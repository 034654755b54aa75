/**
 * Mail that never got into a queue: exchanges that ended in a refusal, sent by nobody whose journey is recorded. They
 * are journeys too, of one host, for "why was I turned away" is what people ask most. Pure.
 */
import type { Exchange } from "./connections.ts";
import { peerExchange } from "./connections.ts";
import { converse } from "./conversation.ts";
import type { Conversation } from "./conversation.ts";
import type { EventOf } from "./events.ts";
import type { MailIndex } from "./messages.ts";
import type { Hop, RecipientResult, Trace } from "./journey.ts";

/** One trace for each refused exchange; its id is the connection's, with `.2` and so on from the second exchange. */
export function refusedTraces(index: MailIndex): Trace[] {
  const accepted = new Set([...index.messages.values()].map((message) => message.arrival));
  const traces: Trace[] = [];
  for (const connection of index.connections.values()) {
    if (connection.side !== "server") continue;
    for (const exchange of connection.exchanges) {
      const sender = peerExchange(exchange);
      if (accepted.has(exchange) || (sender !== undefined && index.senderOf.has(sender))) continue;
      const trace = refusedTrace(exchange);
      if (trace !== undefined) traces.push(trace);
    }
  }
  return traces;
}

function refusedTrace(exchange: Exchange): Trace | undefined {
  const { connection, ordinal, reversePath, recipients } = exchange;
  const arrival = converse(connection, exchange);
  const begin = arrival.items.findIndex((item) => item.event.id === exchange.firstId);
  const refusal = refusalIn(arrival, Math.max(0, begin));
  if (refusal === undefined) return undefined;
  const policies = arrival.items.flatMap(({ event }) => (event.kind === "policy" ? [event] : []));
  const times = arrival.items.map((item) => item.at);
  const startedAt = (ordinal === 0 ? arrival.openedAt : times[0]) ?? connection.openedAt;
  const hop: Hop = {
    host: connection.host,
    queueId: undefined,
    link: undefined,
    at: startedAt,
    received: undefined,
    arrival,
    policies,
    routing: [],
    lookups: lookupsOf(exchange),
    attempts: [],
    decisions: [],
    ends: [],
    warnings: [],
    reports: [],
  };
  const names = recipients.length > 0 ? recipients : ["(none)"];
  return {
    id: ordinal === 0 ? connection.id : `${connection.id}.${ordinal + 1}`,
    messageId: undefined,
    subject: undefined,
    reversePath,
    recipients,
    startedAt,
    endedAt: Math.max(startedAt, ...times),
    results: names.map((recipient) => refusedResult(recipient, refusal, connection.host)),
    hops: [hop],
    related: { originalOf: undefined, reports: [] },
  };
}

/** The last reply that says no. */
function refusalIn({ items }: Conversation, from: number): string | undefined {
  const isNo = ({ kind, by, text }: Conversation["items"][number], index: number): boolean =>
    index >= from && kind === "line" && by === "server" && /^[45]\d\d[ -]/.test(text);
  return items.findLast(isNo)?.text;
}

function lookupsOf({ connection, firstId }: Exchange): EventOf<"dns.answer">[] {
  const untilId = connection.exchanges.find((next) => next.firstId > firstId)?.firstId ?? Infinity;
  return connection.events.filter(
    (event): event is EventOf<"dns.answer"> => event.kind === "dns.answer" && event.id < untilId,
  );
}

function refusedResult(recipient: string, reply: string, host: string): RecipientResult {
  const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1];
  return { recipient, result: "refused", status, reply, host, nextAttemptAt: undefined };
}
