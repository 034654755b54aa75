/**
 * What a host does, counted: one row for every ten seconds in which something happened, in a bounded ring, and totals
 * since the start. A fold over what the journal records (Journal.tap); it holds no event and never throws.
 */
import type { EventBody } from "./events.ts";

/** A row's length. */
export const METRICS_STEP_MS = 10_000;
/** Limit: rows of one host: an hour in which something happens all the time; some 100 kB. */
const ROWS_MAX = 360;

export const COUNTED = [
  "received",
  "delivered",
  "deferred",
  "failed",
  "refused",
  "connections",
  "bytes",
] as const;
export type Counted = (typeof COUNTED)[number];
export type Counts = Record<Counted, number>;

/** What is measured and not counted: as it is at the end of a row. */
export type Gauges = { readonly queueDepth: number; readonly memoryBytes: number };

/** `at`: when it began, ms since 1970 UTC in the journal's time, a multiple of the step. */
export type MetricsRow = Counts & Gauges & { readonly at: number };

export type Metrics = {
  count(host: string, at: number, body: EventBody): void;
  /** Oldest first; the last one is still running. Steps in which nothing happened have no row. */
  rows(host: string, now: number): readonly MetricsRow[];
  /** Since the start. */
  totals(host: string): Counts;
};

export function createMetrics(gauges: (host: string) => Gauges): Metrics {
  const hosts = new Map<string, { readonly rows: MetricsRow[]; readonly totals: Counts }>();

  function of(host: string): { readonly rows: MetricsRow[]; readonly totals: Counts } {
    let known = hosts.get(host);
    if (known === undefined) hosts.set(host, (known = { rows: [], totals: nothing() }));
    return known;
  }

  /** The row that runs at `at`; a clock that was put back goes on with the latest. */
  function rowAt(host: string, at: number): MetricsRow {
    const { rows } = of(host);
    const start = Math.floor(at / METRICS_STEP_MS) * METRICS_STEP_MS;
    const last = rows.at(-1);
    if (last !== undefined && last.at >= start) return last;
    // What is measured has not changed since the last row's last event: it is how that row ended.
    if (last !== undefined) Object.assign(last, gauges(host));
    const row = { at: start, ...nothing(), ...gauges(host) };
    rows.push(row);
    if (rows.length > ROWS_MAX) rows.shift();
    return row;
  }

  return {
    count(host, at, body) {
      const what = countedAs(body);
      if (what === undefined) return;
      const { totals } = of(host);
      const row = rowAt(host, at);
      row[what]++;
      totals[what]++;
      if (body.kind !== "message.received") return;
      row.bytes += body.sizeBytes;
      totals.bytes += body.sizeBytes;
    },
    rows(host, now) {
      Object.assign(rowAt(host, now), gauges(host));
      return of(host).rows;
    },
    totals: (host) => ({ ...of(host).totals }),
  };
}

function countedAs(body: EventBody): Counted | undefined {
  switch (body.kind) {
    case "message.received":
      return "received";
    case "message.refused":
      return "refused";
    case "connection.opened":
      return body.side === "server" ? "connections" : undefined;
    case "outcome":
      return OUTCOMES[body.result];
    default:
      return undefined;
  }
}

/** Of recipients, not of messages. */
const OUTCOMES: Partial<Record<Extract<EventBody, { kind: "outcome" }>["result"], Counted>> = {
  delivered: "delivered",
  relayed: "delivered",
  deferred: "deferred",
  failed: "failed",
  expired: "failed",
};

function nothing(): Counts {
  return { received: 0, delivered: 0, deferred: 0, failed: 0, refused: 0, connections: 0, bytes: 0 };
}
