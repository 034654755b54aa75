/**
 * The caching stub resolver: what all routing and checking asks. Answers from its cache, else from the servers in
 * their order; one question asked by many at once goes out once. Follows CNAMEs over several answers. Never rejects.
 */
import { makeId } from "../../base/ids.ts";
import type { Endpoint } from "../../base/network.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import { createDnsCache } from "../../protocol/dns/cache.ts";
import type { CacheOptions, CachedAnswer } from "../../protocol/dns/cache.ts";
import { CNAMES_MAX } from "../../protocol/dns/lookup.ts";
import { absoluteName, canonicalName, parseName } from "../../protocol/dns/name.ts";
import { formatRdata } from "../../protocol/dns/rdata.ts";
import type { RecordTypeName } from "../../protocol/dns/record.ts";
import type { Resolution, ResolveContext, Resolver } from "../../protocol/dns/resolver.ts";
import { askServers } from "./ask-servers.ts";
import type { Asked, AskOptions } from "./ask-servers.ts";

export type ResolverOptions = {
  readonly world: World;
  readonly recorder: Recorder;
  /** Asked in order: the next one on silence or failure. */
  readonly servers: readonly Endpoint[];
  /** The local address to ask from. */
  readonly from?: string | undefined;
  readonly cache?: CacheOptions | undefined;
  /** How long one server has for one answer. */
  readonly timeoutMs?: number | undefined;
  /** How often the whole list is gone through. */
  readonly roundsMax?: number | undefined;
};

/** What resolv.conf(5) programs wait is 5 s; with two servers and two rounds this gives the same patience. */
const TIMEOUT_MS = 2000;
const ROUNDS_MAX = 2;
/** RFC 9520 §3.2: a failure is remembered too, at least a second, so that a broken zone is not hammered. */
const FAILURE_TTL_SECONDS = 1;
/** Limit: questions on their way at once; each holds a socket. */
const IN_FLIGHT_MAX = 1000;

export function createResolver(options: ResolverOptions): Resolver {
  const { world, recorder } = options;
  const cache = createDnsCache(options.cache);
  const inFlight = new Map<string, Promise<Asked>>();
  const ask: AskOptions = {
    world,
    recorder,
    servers: options.servers,
    from: options.from,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    roundsMax: options.roundsMax ?? ROUNDS_MAX,
  };

  async function resolve(
    name: string,
    type: RecordTypeName,
    context: ResolveContext = {},
  ): Promise<Resolution> {
    const parsed = parseName(name);
    if (!parsed.ok) return toResolution(name, refused("BADNAME", name, parsed.error), undefined, false);
    const cached = cache.get(name, type, world.clock.now());
    if (cached !== undefined) {
      return toResolution(name, cached, recordKnown(name, type, cached, "cache", context), true);
    }
    const key = `${canonicalName(name)} ${type}`;
    const running = inFlight.get(key);
    if (running !== undefined) {
      const outcome = await running;
      const event = recordKnown(name, type, outcome.answer, outcome.answer.server ?? "none", context);
      return toResolution(name, outcome.answer, event, false);
    }
    if (inFlight.size >= IN_FLIGHT_MAX)
      return toResolution(
        name,
        refused("OVERLOAD", name, "too many questions are on their way"),
        undefined,
        false,
      );
    const started = chase(name, type, context).finally(() => inFlight.delete(key));
    inFlight.set(key, started);
    const { answer, event } = await started;
    return toResolution(name, answer, event, false);
  }

  /** Asks for the name, then for what it is an alias of, and keeps what came of it under the first name. */
  async function chase(name: string, type: RecordTypeName, context: ResolveContext): Promise<Asked> {
    const cnames: string[] = [];
    const passed = new Set<string>();
    let at = name;
    let ttlSeconds = Infinity;
    for (;;) {
      passed.add(canonicalName(at));
      const known = at === name ? undefined : cache.get(at, type, world.clock.now());
      const { answer, event } =
        known === undefined ? await askServers(ask, at, type, context) : { answer: known, event: undefined };
      cnames.push(...answer.cnames);
      ttlSeconds = Math.min(ttlSeconds, answer.ttlSeconds);
      at = answer.canonicalName;
      const whole: CachedAnswer = { ...answer, cnames, ttlSeconds };
      if (answer.kind !== "alias" || passed.has(canonicalName(at)) || cnames.length > CNAMES_MAX) {
        return keep(name, type, answer.kind === "alias" ? endless(name, whole) : whole, event, context);
      }
    }
  }

  function keep(
    name: string,
    type: RecordTypeName,
    answer: CachedAnswer,
    event: number | undefined,
    context: ResolveContext,
  ): Asked {
    const kept = answer.kind === "failure" ? { ...answer, ttlSeconds: FAILURE_TTL_SECONDS } : answer;
    cache.put(name, type, kept, world.clock.now());
    const said = event ?? recordKnown(name, type, answer, "cache", context);
    return { answer, event: said };
  }

  /** The journal's word for an answer that needed no packet of its own. */
  function recordKnown(
    name: string,
    type: RecordTypeName,
    answer: CachedAnswer,
    from: string,
    context: ResolveContext,
  ): number {
    const body = {
      kind: "dns.answer" as const,
      query: makeId(world.clock, world.random),
      name,
      type,
      rcode: answer.rcode,
      answers: [
        ...answer.cnames.map((target) => `CNAME ${absoluteName(target)}`),
        ...answer.records.map(({ data }) => `${data.type} ${formatRdata(data)}`),
      ],
      from,
      durationMs: 0,
    };
    return recorder.record(body, context.trace, context.cause);
  }

  return { resolve, flush: () => cache.clear() };
}

function endless(name: string, answer: CachedAnswer): CachedAnswer {
  return { ...answer, kind: "failure", rcode: "SERVFAIL", detail: `the CNAMEs of ${name} never end` };
}

function refused(rcode: string, name: string, detail: string): CachedAnswer {
  return {
    kind: "failure",
    rcode,
    canonicalName: name,
    cnames: [],
    records: [],
    ttlSeconds: 0,
    server: undefined,
    detail,
  };
}

function toResolution(
  name: string,
  answer: CachedAnswer,
  event: number | undefined,
  fromCache: boolean,
): Resolution {
  return {
    // An alias is always followed to its end before it gets here.
    kind: answer.kind === "alias" ? "failure" : answer.kind,
    rcode: answer.rcode,
    name,
    canonicalName: answer.canonicalName,
    cnames: answer.cnames,
    records: answer.records,
    ttlSeconds: Number.isFinite(answer.ttlSeconds) ? answer.ttlSeconds : 0,
    fromCache,
    server: answer.server,
    event,
    ...(answer.detail === undefined ? {} : { detail: answer.detail }),
  };
}
