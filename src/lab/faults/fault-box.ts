/**
 * The faults of one lab: which stand where, how often each was met and struck. The one place that counts; the hooks ask
 * it at every event and do what it says. The first placed fault that strikes decides, the others only count. An entry
 * that is no fault comes back with complaints, and nothing is placed.
 */
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Journal } from "../../journal/journal.ts";
import { describeAction } from "./describe.ts";
import { factsMatch, numberMatches } from "./fault-match.ts";
import { formatFaultPlace, placeHosts, standsAt } from "./fault-place.ts";
import type { CutAction, FaultAction, FaultEntry, FaultEvent, FaultFacts, LabFault } from "./fault.ts";
import { parseFault } from "./schema.ts";

/** Limit: each is looked at for every event of the lab. */
const FAULTS_MAX = 1_000;

export type FaultStatus = {
  readonly id: string;
  readonly entry: FaultEntry;
  /** `kerio.smtp.RCPT`. */
  readonly at: string;
  /** `reply 450 4.2.1 busy`. */
  readonly action: string;
  /** Events at its place for which its matchers hold. */
  readonly seenCount: number;
  readonly firedCount: number;
  /** Its time (`until`, `for`) has passed. */
  readonly isOver: boolean;
  /** Lab time. */
  readonly placedAt: number;
  /** When its time will have passed, if that is known yet. */
  readonly endsAt: number | undefined;
  /** The host that this fault takes off the network altogether. */
  readonly takesDown: string | undefined;
};

export type FaultBox = {
  /** Places a fault from what a lab file says; the id it got. The same id again replaces the fault and its counts. */
  add(entry: unknown): Result<string, readonly string[]>;
  place(fault: LabFault): string;
  remove(id: string): boolean;
  clear(): void;
  list(): readonly FaultStatus[];
  readonly isEmpty: boolean;
  /** What to do about an event, if anything; writes `fault.fired` for `host`. */
  strike(host: string, event: FaultEvent, facts: FaultFacts, accepts?: Accepts): FaultAction | undefined;
  /** The same when fault `id` has just been placed and `event` is older: whether it does that to what is open. */
  strikeOpen(id: string, host: string, event: FaultEvent, cut: OpenCut): boolean;
  /** Writes `fault.fired` for something that struck without standing in the box. */
  note(host: string, fault: string, point: string, action: string): void;
};

/** What happens to connections that are open already: they break, or fall silent. */
export type OpenCut = Extract<CutAction, "down" | "blackhole">;

/** Whether the one who asks can carry it out: a fault it cannot is passed over without being counted. */
export type Accepts = (action: FaultAction) => boolean;

export type FaultBoxOptions = {
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "fraction">;
  readonly journal: Pick<Journal, "recorder">;
  /** Short names of the lab's hosts; a fault that names another is refused. Any name when absent. */
  readonly hosts?: (() => readonly string[]) | undefined;
};

type Placed = {
  readonly id: string;
  readonly fault: LabFault;
  readonly placedAt: number;
  readonly isCutOff: boolean;
  seenCount: number;
  firedCount: number;
  firstFiredAt: number;
  /** Of the events a rate limit let pass. */
  passedAt: number[];
};

export function createFaultBox({ clock, random, journal, hosts }: FaultBoxOptions): FaultBox {
  let placed: Placed[] = [];
  let serial = 0;

  function place(fault: LabFault): string {
    const id = fault.id ?? freshId();
    const one: Placed = {
      id,
      fault,
      placedAt: clock.now(),
      isCutOff: fault.do.cut === "down" || fault.do.cut === "blackhole",
      seenCount: 0,
      firedCount: 0,
      firstFiredAt: 0,
      passedAt: [],
    };
    const old = placed.findIndex((other) => other.id === id);
    placed = old < 0 ? [...placed, one] : placed.with(old, one);
    return id;
  }

  function freshId(): string {
    let id: string;
    do id = `fault${++serial}`;
    while (placed.some((other) => other.id === id));
    return id;
  }

  function fire(one: Placed, host: string, event: FaultEvent): void {
    if (one.firedCount++ === 0) one.firstFiredAt = clock.now();
    note(host, one.id, formatFaultPlace(event), describeAction(one.fault.do));
  }

  function note(host: string, fault: string, point: string, action: string): void {
    journal.recorder(host).record({ kind: "fault.fired", fault, point, action }, undefined);
  }

  return {
    add(entry) {
      const parsed = parseFault(entry);
      if (!parsed.ok) return parsed;
      const strangers = unknownHosts(parsed.value, hosts?.());
      if (strangers.length > 0) return err(strangers);
      if (placed.length >= FAULTS_MAX) return err([`there are ${FAULTS_MAX} faults already: remove some`]);
      return ok(place(parsed.value));
    },
    place,
    remove(id) {
      const before = placed.length;
      placed = placed.filter((one) => one.id !== id);
      return placed.length < before;
    },
    clear() {
      placed = [];
    },
    list: () => placed.map((one) => statusOf(one, clock.now())),
    get isEmpty() {
      return placed.length === 0;
    },
    strike(host, event, facts, accepts) {
      let struck: Placed | undefined;
      const now = clock.now();
      for (const one of placed) {
        if (!standsAt(one.fault.at, event, one.isCutOff) || !factsMatch(one.fault.when, facts)) continue;
        if (accepts !== undefined && !accepts(one.fault.do)) continue;
        one.seenCount++;
        if (struck === undefined && fires(one, now, random)) struck = one;
      }
      if (struck === undefined) return undefined;
      fire(struck, host, event);
      return struck.fault.do;
    },
    strikeOpen(id, host, event, cut) {
      const one = placed.find((other) => other.id === id);
      if (one === undefined || openCut(one) !== cut || !standsAt(one.fault.at, event, one.isCutOff))
        return false;
      one.seenCount++;
      fire(one, host, event);
      return true;
    },
    note,
  };
}

function fires(one: Placed, now: number, random: Pick<Random, "fraction">): boolean {
  const { when, do: action } = one.fault;
  if (isOver(one, now)) return false;
  const goesOn = action.forMs !== undefined && one.firedCount > 0;
  if (!goesOn) {
    if (!numberMatches(when, one.seenCount)) return false;
    if (when.chance !== undefined && random.fraction() >= when.chance) return false;
  }
  return action.rateLimit === undefined || isTooFast(one, action.rateLimit, now);
}

/** Nobody is there, whoever comes: one that chooses among events says nothing of what is open already. */
function openCut({ fault: { when, do: action } }: Placed): OpenCut | undefined {
  const { n, every, chance } = when;
  const chooses = n !== undefined || every !== undefined || chance !== undefined;
  if (chooses || action.rateLimit !== undefined) return undefined;
  return action.cut === "down" || action.cut === "blackhole" ? action.cut : undefined;
}

function isTooFast(one: Placed, { count, perMs }: { count: number; perMs: number }, now: number): boolean {
  if (one.passedAt.length > 0) one.passedAt = one.passedAt.filter((at) => at > now - perMs);
  if (one.passedAt.length >= count) return true;
  one.passedAt.push(now);
  return false;
}

function endsAt({ fault, placedAt, firedCount, firstFiredAt }: Placed): number | undefined {
  const { untilMs } = fault.when;
  const { forMs } = fault.do;
  const until = untilMs === undefined ? Infinity : placedAt + untilMs;
  const over = forMs === undefined || firedCount === 0 ? Infinity : firstFiredAt + forMs;
  const end = Math.min(until, over);
  return end === Infinity ? undefined : end;
}

function isOver(one: Placed, now: number): boolean {
  return now >= (endsAt(one) ?? Infinity);
}

function statusOf(one: Placed, now: number): FaultStatus {
  const { id, fault, seenCount, firedCount, placedAt } = one;
  const over = isOver(one, now);
  return {
    id,
    entry: fault.entry,
    at: formatFaultPlace(fault.at),
    action: describeAction(fault.do),
    seenCount,
    firedCount,
    isOver: over,
    placedAt,
    endsAt: endsAt(one),
    takesDown: fault.at.kind === "host" && openCut(one) === "down" && !over ? fault.at.host : undefined,
  };
}

/** Complaints about the hosts a fault names that the lab has not. */
export function unknownHosts(fault: LabFault, hosts: readonly string[] | undefined): string[] {
  if (hosts === undefined) return [];
  return placeHosts(fault.at)
    .filter((name) => !hosts.includes(name))
    .map((name) => `at: "${name}" is no host of this lab; hosts: ${hosts.join(", ")}`);
}
