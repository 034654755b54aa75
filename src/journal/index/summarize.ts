/** The summary of a journey out of what the index remembers. Pure. */
import { resultsOf } from "../results.ts";
import { summarizeResults, type TraceSummary } from "../trace-summary.ts";
import type { RecipientResult } from "../journey.ts";
import { exchangeStart, peerOf, type LightExchange } from "./light-connection.ts";
import { lightSource, lightTravel, type LightMessage } from "./light-message.ts";

/** Which journey a queue id belongs to; the id itself when it is unknown. */
export type JourneyOf = (queueId: string) => string;

export function summarizeMessage(root: LightMessage, journeyOf: JourneyOf): TraceSummary {
  const hops = lightTravel(root);
  const results = resultsOf(lightSource(root));
  return {
    id: root.queueId,
    from: root.reversePath,
    to: [...new Set([...root.recipients, ...results.map(({ recipient }) => recipient)])],
    subject: root.subject,
    messageId: root.messageId,
    startedAt: Math.min(
      ...hops.map(({ arrival, at }) => (arrival === undefined ? at : exchangeStart(arrival))),
    ),
    endedAt: Math.max(...hops.map(endOf)),
    hosts: hops.map(({ host }) => host),
    queueIds: hops.map(({ queueId }) => queueId),
    attempts: hops.reduce((sum, { attempts }) => sum + attempts.length, 0),
    ...summarizeResults(results),
    sizeBytes: root.sizeBytes,
    dsn: [...new Set(hops.flatMap(({ dsn }) => dsn))],
    originalOf: others(
      root,
      hops.flatMap(({ originals }) => originals),
      journeyOf,
    )[0],
    reports: others(
      root,
      hops.flatMap(({ reports }) => reports),
      journeyOf,
    ),
  };
}

function endOf({ lastAt, arrival, attempts }: LightMessage): number {
  const talks = attempts.flatMap(({ exchanges }) => exchanges.map((exchange) => exchange.lastAt));
  return Math.max(lastAt, arrival?.lastAt ?? 0, ...talks);
}

function others(root: LightMessage, queueIds: readonly string[], journeyOf: JourneyOf): string[] {
  if (queueIds.length === 0) return [];
  const ids = new Set(queueIds.map(journeyOf));
  ids.delete(root.queueId);
  return [...ids];
}

export function refusedId({ connection, ordinal }: LightExchange): string {
  return ordinal === 0 ? connection.id : `${connection.id}.${ordinal + 1}`;
}

/** Mail that one host turned away: `exchange` as that host recorded it. */
export function summarizeRefused(exchange: LightExchange): TraceSummary {
  const { connection, reversePath, recipients, refusal = "" } = exchange;
  const startedAt = exchangeStart(exchange);
  const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(refusal)?.[1];
  const names = recipients.length > 0 ? recipients : ["(none)"];
  const results = names.map((recipient): RecipientResult => {
    return {
      recipient,
      result: "refused",
      status,
      reply: refusal,
      host: connection.host,
      nextAttemptAt: undefined,
    };
  });
  return {
    id: refusedId(exchange),
    from: reversePath,
    to: [...new Set([...recipients, ...names])],
    subject: undefined,
    messageId: undefined,
    startedAt,
    endedAt: Math.max(startedAt, exchange.lastItemAt, peerOf(exchange)?.lastItemAt ?? 0),
    hosts: [connection.host],
    queueIds: [],
    attempts: 0,
    ...summarizeResults(results),
    sizeBytes: undefined,
    dsn: [],
    originalOf: undefined,
    reports: [],
  };
}
