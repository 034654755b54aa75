/** The hosts that are administered here: each at a glance, with what needs a look, and what it does in numbers. */
import { z } from "zod";
import { formatEndpoint } from "../../../base/network.ts";
import { METRICS_STEP_MS } from "../../../journal/metrics.ts";
import { streamEvents } from "../event-stream.ts";
import { type AdminHost, adminRoute, hostParams, hostRoute, type HostPlace } from "./admin-place.ts";
import { certificateOf, certificateSchema } from "./certificate-view.ts";
import { findingsOf, findingSchema } from "./findings.ts";
import { formatMetrics } from "./metrics-text.ts";
import { tickingSource } from "./ticking-source.ts";

const doorSchema = z.object({
  service: z.string(),
  at: z.string().describe("Address and port."),
  tls: z.enum(["offer", "implicit", "off"]),
});

export const adminHostSchema = z.object({
  name: z.string(),
  role: z.string().describe('In a lab: mailbox, relay…; "server" for a real one.'),
  hostname: z.string(),
  addresses: z.array(z.string()),
  doors: z.array(doorSchema),
  certificate: certificateSchema.optional().describe("What its doors show in TLS; absent where none does."),
  domains: z.number(),
  accounts: z.number(),
  queued: z.number().describe("Messages in its queue."),
  findings: z.array(findingSchema).describe("What needs a look."),
});
export type AdminHostView = z.infer<typeof adminHostSchema>;

const countsShape = {
  received: z.number().describe("Messages taken."),
  delivered: z.number().describe("Recipients done: stored, or handed on."),
  deferred: z.number().describe("Attempts that will be made again."),
  failed: z.number().describe("Recipients given up."),
  refused: z.number().describe("Messages turned away."),
  connections: z.number().describe("Connections that came in."),
  bytes: z.number().describe("Of the messages taken."),
};

const rowSchema = z.object({
  at: z.number().describe("When the row began, ms since 1970 UTC in the host's time."),
  ...countsShape,
  queueDepth: z.number(),
  memoryBytes: z.number().describe("Of the whole program."),
});

export const metricsSchema = z.object({
  stepMs: z.number(),
  now: z.number().describe("The host's time."),
  rows: z.array(rowSchema).describe("Oldest first; the last still runs. No row: nothing happened."),
  totals: z.object(countsShape).describe("Since the start."),
});
export type MetricsView = z.infer<typeof metricsSchema>;

/** How often a live chart gets its running row. */
const LIVE_MS = 2_000;

export const adminRoutes = [
  adminRoute(
    {
      method: "get",
      path: "/",
      summary: "Who asks, and whether this is a lab.",
      answer: z.object({ who: z.string(), isLab: z.boolean() }),
    },
    ({ who, isLab }) => ({ who, isLab }),
  ),
  adminRoute(
    {
      method: "get",
      path: "/hosts",
      summary: "The hosts that are administered here.",
      answer: z.array(adminHostSchema),
      example: { path: "/hosts" },
    },
    ({ hosts }) => hosts().map(viewOf),
  ),
  adminRoute(
    {
      method: "get",
      path: "/metrics",
      summary: "Totals of all hosts, for Prometheus.",
      answer: { media: "text/plain; version=0.0.4", about: "the text exposition format" },
    },
    ({ hosts, metrics }) =>
      new Response(formatMetrics(hosts(), metrics), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
      }),
  ),
];

export const hostRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host",
      summary: "One host.",
      params: hostParams,
      answer: adminHostSchema,
    },
    ({ at }) => viewOf(at),
  ),
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/metrics",
      summary: "What it did in the last hour, by ten seconds.",
      params: hostParams,
      answer: metricsSchema,
    },
    (place) => metricsOf(place),
  ),
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/metrics/live",
      summary: "The running row, every two seconds, as server-sent events.",
      params: hostParams,
      answer: { media: "text/event-stream", about: "`data` is as in metrics, with the running row alone" },
    },
    (place, { request }) => {
      const { clock } = place.world;
      const latest = (): MetricsView => {
        const all = metricsOf(place);
        return { ...all, rows: all.rows.slice(-1) };
      };
      const source = tickingSource(clock, LIVE_MS, () => ({ event: "metrics", data: latest() }));
      return streamEvents(request, 0, source, source.every);
    },
  ),
];

function metricsOf({ at, metrics }: HostPlace): MetricsView {
  const { host } = at;
  const now = host.world.clock.now();
  return {
    stepMs: METRICS_STEP_MS,
    now,
    rows: [...metrics.rows(host.name, now)],
    totals: metrics.totals(host.name),
  };
}

function viewOf(at: AdminHost): AdminHostView {
  const { name, role, host } = at;
  const { settings, doors, store, queue } = host;
  return {
    name,
    role,
    hostname: settings.hostname,
    addresses: settings.addresses,
    doors: doors.map(({ service, endpoint, tls }) => ({ service, at: formatEndpoint(endpoint), tls })),
    certificate: certificateOf(host),
    domains: Object.keys(settings.domains).length,
    accounts: store.accounts().length,
    queued: queue.depth,
    findings: findingsOf(at),
  };
}
