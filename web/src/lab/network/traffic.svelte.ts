/**
 * What moves in the picture now: dots on their way, hosts that were just reached, ways that mail went without a route
 * in the plan. Draws a frame only while something moves; with reduced motion nothing moves, the way lights up instead.
 */
import type { JournalEvent } from "../../../../src/journal/events.ts";
import { FLIGHT_MS, type Flight, planFlights, progressOf } from "./flights.ts";
import { type Movement, type MovementTone, trackMovements } from "./movements.ts";
import { curveBetween, edgeId, type Topology } from "./topology-layout.ts";

export type Dot = {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly tone: MovementTone;
  readonly stopped: boolean;
  readonly label: string;
};
export type SeenWay = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly path: string;
};

/** Limit: ways kept beyond those of the plan; the oldest goes. */
const SEEN_MAX = 40;
const PULSE_MS = 900;

export class Traffic {
  dots = $state.raw<readonly Dot[]>([]);
  pulses = $state.raw<ReadonlyMap<string, MovementTone>>(new Map());
  /** Ways that are in use at the moment, by edge id. */
  lit = $state.raw<ReadonlySet<string>>(new Set());
  seen = $state.raw<readonly SeenWay[]>([]);
  leftOut = $state(0);
  readonly #plan = planFlights();
  readonly #topology: Topology;
  readonly #movements;
  readonly #paths = new Map<string, SVGPathElement>();
  readonly #still = window.matchMedia("(prefers-reduced-motion: reduce)");
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #frame = 0;

  constructor(topology: Topology) {
    this.#topology = topology;
    const byAddress = new Map(topology.nodes.map(({ address, name }) => [address, name]));
    const outside = new Set(
      topology.nodes.flatMap(({ role, name }) => (role === "outside" || role === "you" ? [name] : [])),
    );
    this.#movements = trackMovements(
      (address) => byAddress.get(address),
      (name) => !outside.has(name),
    );
  }

  /** `quiet`: remembers connections, shows nothing: for events of before the page was opened. */
  take(events: readonly JournalEvent[], quiet = false): void {
    const now = performance.now();
    for (const event of events) {
      const movement = this.#movements.take(event);
      if (movement === undefined || quiet) continue;
      if (movement.kind === "pulse") this.#pulse(movement.host, movement.tone, this.#waitFor(movement, now));
      else this.#fly(this.#plan.add(movement, now), now);
    }
    this.leftOut = this.#plan.leftOut;
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** A question to a name server waits for no letter. */
  #waitFor({ host, tone }: Extract<Movement, { kind: "pulse" }>, now: number): number {
    return tone === "dns" || this.#still.matches ? 0 : this.#plan.waitAt(host, now);
  }

  #fly(flight: Flight | undefined, now: number): void {
    if (flight === undefined) return;
    const { from, to, tone } = flight;
    this.#see(from, to);
    const wait = flight.startsAt - now;
    if (this.#still.matches) {
      this.#light(edgeId(from, to), wait);
      this.#pulse(to, tone, wait);
      return;
    }
    if (flight.arrives) this.#pulse(to, tone, wait + FLIGHT_MS);
    this.#draw();
  }

  #see(from: string, to: string): void {
    const id = edgeId(from, to);
    if (this.#topology.edges.some((edge) => edge.id === id) || this.seen.some((way) => way.id === id)) return;
    const boxOf = (name: string) => this.#topology.nodes.find((node) => node.name === name)?.box;
    const [a, b] = [boxOf(from), boxOf(to)];
    if (a === undefined || b === undefined) return;
    this.seen = [...this.seen, { id, from, to, path: curveBetween(a, b) }].slice(-SEEN_MAX);
  }

  #draw(): void {
    if (this.#frame !== 0) return;
    const step = (): void => {
      const now = performance.now();
      const flights = this.#plan.current(now);
      this.dots = flights.flatMap((flight) => this.#dot(flight, now) ?? []);
      this.#frame = flights.length > 0 ? requestAnimationFrame(step) : 0;
    };
    this.#frame = requestAnimationFrame(step);
  }

  #dot(flight: Flight, now: number): Dot | undefined {
    if (now < flight.startsAt) return undefined;
    const id = edgeId(flight.from, flight.to);
    const path = this.#pathOf(id);
    if (path === undefined) return undefined;
    const progress = progressOf(flight, now);
    const { x, y } = path.getPointAtLength(path.getTotalLength() * progress);
    return {
      id: flight.id,
      x,
      y,
      tone: flight.tone,
      stopped: !flight.arrives && progress >= 0.86,
      label: flight.label,
    };
  }

  #pathOf(id: string): SVGPathElement | undefined {
    const known = this.#paths.get(id);
    if (known !== undefined) return known;
    const d = [...this.#topology.edges, ...this.seen].find((way) => way.id === id)?.path;
    if (d === undefined) return undefined;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    this.#paths.set(id, path);
    return path;
  }

  #pulse(host: string, tone: MovementTone, wait: number): void {
    this.#later(wait, () => {
      this.pulses = new Map(this.pulses).set(host, tone);
      this.#later(PULSE_MS, () => {
        const rest = new Map(this.pulses);
        rest.delete(host);
        this.pulses = rest;
      });
    });
  }

  #light(id: string, wait: number): void {
    this.#later(wait, () => {
      this.lit = new Set(this.lit).add(id);
      this.#later(PULSE_MS, () => {
        const rest = new Set(this.lit);
        rest.delete(id);
        this.lit = rest;
      });
    });
  }

  #later(ms: number, run: () => void): void {
    /** Limit: pulses waiting; more at once than there are hosts say nothing. */
    if (this.#timers.size > 400) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}
