/**
 * When each message sets off in the picture. A lab is faster than the eye: a message leaves a host only after it was
 * seen to arrive there. Bounded: what comes too thick, or would be shown too late, is left out and counted. Pure.
 */
import type { Movement } from "./movements.ts";

export type Flight = Extract<Movement, { kind: "flight" }> & {
  readonly id: number;
  readonly startsAt: number;
};

export type FlightPlan = {
  /** The flight that a movement becomes, or undefined when there is no room for it. */
  add(movement: Extract<Movement, { kind: "flight" }>, now: number): Flight | undefined;
  /** How long until what has set off for a host is seen there: what it does with it comes after. */
  waitAt(host: string, now: number): number;
  /** Under way or waiting; those that have landed are forgotten. */
  current(now: number): readonly Flight[];
  readonly leftOut: number;
};

export const FLIGHT_MS = 750;
/** Limit: more dots than this are a cloud. */
const FLIGHTS_MAX = 60;
/** Limit: what is shown later than this is no news. */
const LATE_MS_MAX = 5_000;
/** Two on one way follow each other, so that they are two. */
const GAP_MS = 120;

export function planFlights(): FlightPlan {
  let flights: Flight[] = [];
  let lastId = 0;
  let leftOut = 0;
  const arrivals = new Map<string, number>();
  const departures = new Map<string, number>();
  return {
    add(movement, now) {
      flights = flights.filter(({ startsAt }) => startsAt + FLIGHT_MS > now);
      const way = `${movement.from}->${movement.to}`;
      const after = Math.max(arrivals.get(movement.from) ?? 0, (departures.get(way) ?? -GAP_MS) + GAP_MS);
      const startsAt = Math.max(now, after);
      if (flights.length >= FLIGHTS_MAX || startsAt - now > LATE_MS_MAX) {
        leftOut++;
        return undefined;
      }
      const flight = { ...movement, id: ++lastId, startsAt };
      flights.push(flight);
      departures.set(way, startsAt);
      if (movement.arrives) arrivals.set(movement.to, startsAt + FLIGHT_MS);
      return flight;
    },
    waitAt: (host, now) => Math.max(0, (arrivals.get(host) ?? 0) - now),
    current(now) {
      flights = flights.filter(({ startsAt }) => startsAt + FLIGHT_MS > now);
      return flights;
    },
    get leftOut() {
      return leftOut;
    },
  };
}

/** How far along its way, from 0 to 1; what is turned away comes to a stop before the door. */
export function progressOf({ startsAt, arrives }: Flight, now: number): number {
  const t = Math.min(1, Math.max(0, (now - startsAt) / FLIGHT_MS));
  const eased = t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2;
  return arrives ? eased : Math.min(eased, 0.86);
}
