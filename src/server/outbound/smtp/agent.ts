/**
 * The sending agent for SMTP and LMTP: jobs in, outcomes out. Jobs of one destination share its connections, wait in
 * line for one when all are busy, and leave it open for the next. It never rejects: what goes wrong is an outcome.
 */
import type { Timer } from "../../../base/clock.ts";
import type { World } from "../../../base/world.ts";
import type { Recorder } from "../../../journal/journal.ts";
import type { Deliver, DeliveryJob, Outcome } from "../../../mta/delivery/delivery.ts";
import type { SmtpRoute } from "../../../mta/routing/route.ts";
import { reply } from "../../../protocol/smtp/reply.ts";
import { type DeadAddresses, type Dialed, dial } from "./dial.ts";
import { outcomeOf } from "./outcome.ts";
import { sendJob } from "./send-job.ts";
import {
  SMTP_AGENT_LIMITS,
  SMTP_CLIENT_TIMEOUTS,
  type SmtpAgentLimits,
  type SmtpClientTimeouts,
} from "./timeouts.ts";

export type SmtpAgentOptions = {
  readonly world: World;
  readonly recorder: Recorder;
  /** What we say in EHLO. */
  readonly hostname: string;
  /** The local address to come from. */
  readonly from?: string | undefined;
  readonly limits?: Partial<SmtpAgentLimits> | undefined;
  readonly timeouts?: Partial<SmtpClientTimeouts> | undefined;
  /** The authority certificates must come from, as PEM; the system's own when absent. */
  readonly verifyCa?: string | undefined;
};

export type SmtpAgent = {
  /** For targets of kind "smtp". */
  readonly deliver: Deliver;
  /** No job is under way or waiting. Connections kept for the next one do not count. */
  idle(): boolean;
  /** Ends idle connections with QUIT and cuts the others; jobs under way come out as deferred. */
  close(): void;
};

export type AgentContext = {
  readonly world: World;
  readonly recorder: Recorder;
  readonly hostname: string;
  readonly from: string | undefined;
  readonly limits: SmtpAgentLimits;
  readonly timeouts: SmtpClientTimeouts;
  readonly verifyCa: string | undefined;
  readonly deadAddresses: DeadAddresses;
  readonly shutdown: Shutdown;
};

/** What closes with the agent: links, greeted or not, and whoever still waits for a connection. */
export type Shutdown = { hasBegun: boolean; readonly cuts: Set<() => void> };

export type OpenLink = Extract<Dialed, { ok: true }>;

type Idle = { readonly open: OpenLink; readonly timer: Timer };

const SHUTTING_DOWN = "the server is shutting down";

/** One route key's connections and the jobs that wait for them. */
type Destination = { connections: number; readonly idle: Idle[]; readonly waiting: (() => void)[] };

export function createSmtpAgent(options: SmtpAgentOptions): SmtpAgent {
  const shutdown: Shutdown = { hasBegun: false, cuts: new Set() };
  const context: AgentContext = {
    world: options.world,
    recorder: options.recorder,
    hostname: options.hostname,
    from: options.from,
    limits: { ...SMTP_AGENT_LIMITS, ...options.limits },
    timeouts: { ...SMTP_CLIENT_TIMEOUTS, ...options.timeouts },
    verifyCa: options.verifyCa,
    deadAddresses: new Map(),
    shutdown,
  };
  const destinations = new Map<string, Destination>();
  let jobs = 0;

  function destinationOf(key: string): Destination {
    let destination = destinations.get(key);
    if (destination === undefined) {
      destination = { connections: 0, idle: [], waiting: [] };
      destinations.set(key, destination);
    }
    return destination;
  }

  function reuse(destination: Destination): OpenLink | undefined {
    for (let idle = destination.idle.pop(); idle !== undefined; idle = destination.idle.pop()) {
      idle.timer.cancel();
      if (idle.open.link.usable) return idle.open;
    }
    return undefined;
  }

  /** A connection of its own for the caller, an open one if there is one. Pair with `release`. */
  async function acquire(
    route: SmtpRoute,
    destination: Destination,
    trace: string,
    fresh: boolean,
  ): Promise<Dialed> {
    const open = fresh ? undefined : reuse(destination);
    if (open !== undefined) return open;
    return dial(context, route, trace);
  }

  /** Keeps a connection for the next job, or ends it. */
  function keep(destination: Destination, open: OpenLink): void {
    const { link } = open;
    if (!link.usable) return;
    if (shutdown.hasBegun || link.spent || link.messages >= context.limits.messagesPerConnectionMax) {
      link.quit();
      return;
    }
    const idle: Idle = {
      open,
      timer: context.world.clock.after(context.limits.idleMs, () => {
        destination.idle.splice(destination.idle.indexOf(idle), 1);
        link.quit();
      }),
    };
    destination.idle.push(idle);
  }

  async function run(
    job: DeliveryJob,
    route: SmtpRoute,
    destination: Destination,
  ): Promise<readonly Outcome[]> {
    let fresh = false;
    return sendJob(job, route, {
      async acquire() {
        const dialed = await acquire(route, destination, job.queueId, fresh);
        fresh = true; // a kept connection that turned out dead is followed by a new one
        return dialed;
      },
      release: (open) => keep(destination, open),
    });
  }

  async function deliver(job: DeliveryJob): Promise<readonly Outcome[]> {
    const { target } = job;
    if (target.kind !== "smtp") return deferAll(job, `this agent can not deliver to a ${target.kind}`);
    if (shutdown.hasBegun) return deferAll(job, SHUTTING_DOWN);
    const destination = destinationOf(target.key);
    if (destination.waiting.length >= context.limits.jobsWaitingMax) {
      return deferAll(job, "too many messages wait for this destination");
    }
    jobs++;
    if (destination.connections >= context.limits.connectionsPerDestinationMax) {
      await new Promise<void>((go) => destination.waiting.push(go));
    } else destination.connections++;
    try {
      if (shutdown.hasBegun) return deferAll(job, SHUTTING_DOWN);
      return await run(job, target, destination);
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      context.recorder.record(
        { kind: "warning", what: "bug", detail, rfc: undefined },
        job.queueId,
        job.cause,
      );
      return deferAll(job, "the sending agent failed");
    } finally {
      jobs--;
      // The turn passes to the next in line; only when nobody waits does the count go down.
      const next = destination.waiting.shift();
      if (next !== undefined) next();
      else if (--destination.connections === 0 && destination.idle.length === 0)
        destinations.delete(target.key);
    }
  }

  return {
    deliver,
    idle: () => jobs === 0,
    close() {
      shutdown.hasBegun = true;
      for (const { idle } of destinations.values()) {
        for (const { open, timer } of idle.splice(0)) {
          timer.cancel();
          open.link.quit();
        }
      }
      for (const cut of shutdown.cuts) cut();
    },
  };
}

function deferAll(job: DeliveryJob, text: string): readonly Outcome[] {
  const spoken = {
    to: "",
    remoteMta: undefined,
    connection: undefined,
    remoteReports: undefined,
    lmtp: false,
  };
  const answer = reply(451, "4.3.0", text);
  return job.recipients.map((recipient) => outcomeOf(recipient, answer, spoken, { rule: text }));
}
