/**
 * The lab in memory: one process, one virtual clock, everything from the seed. The same plan and the same requests give
 * the same journal byte for byte. Must never ask the machine for time or chance.
 */
import type { World } from "../../base/world.ts";
import type { LabPlan } from "../file/plan.ts";
import type { LabAuthority, LabEnvironment } from "../lab.ts";
import { describeAuthority, describeIdentity } from "../world/simulated-tls.ts";
import { createSimulation } from "../world/simulation.ts";
import { lengthOf } from "./length-of.ts";

/** A Monday morning: every simulated lab begins then, so that journals can be compared. */
export const SIMULATION_STARTS_AT = Date.UTC(2026, 0, 5, 9, 0, 0);

const DAY_MS = 86_400_000;
const IDENTITY_DAYS = 397;
const AUTHORITY = "lab authority";

export function createSimulatedEnvironment(plan: LabPlan): LabEnvironment {
  const { seed, network } = plan;
  const simulation = createSimulation({
    seed,
    startAt: SIMULATION_STARTS_AT,
    ranges: [network.ipv4, network.ipv6],
  });
  const { clock } = simulation;
  const worlds = new Map<string, World>();
  const peopled = [[plan.you.address], ...plan.hosts.map(({ addresses }) => addresses)];
  let speed = 1;

  function worldFor(address: string): World {
    let world = worlds.get(address);
    if (world === undefined) {
      const addresses = peopled.find((all) => all.includes(address)) ?? [address];
      world = simulation.worldFor({ addresses });
      for (const each of addresses) worlds.set(each, world);
    }
    return world;
  }

  return {
    mode: "simulated",
    time: clock,
    worldFor,
    realEndpoint: () => undefined,
    authority: simulatedAuthority(() => clock.now()),
    async step(until) {
      // What was just asked may plan an event only after its promises have run.
      await new Promise((resolve) => setImmediate(resolve));
      if (clock.nextAt === undefined || clock.nextAt > until) return false;
      return clock.step();
    },
    close: () => Promise.resolve(),
    clock: {
      now: () => clock.now(),
      advance: (by) => clock.advance(lengthOf(by)),
      async next() {
        return (await clock.step()) ? clock.now() : undefined;
      },
      // Simulated time only moves when asked: there is nothing to pause or to speed up.
      pause: () => undefined,
      resume: () => undefined,
      setSpeed(factor) {
        speed = factor;
      },
      paused: true,
      get speed() {
        return speed;
      },
    },
  };
}

function simulatedAuthority(now: () => number): LabAuthority {
  const issue = (names: readonly string[], notAfter: number) =>
    describeIdentity({ names, issuer: AUTHORITY, notBefore: now() - DAY_MS, notAfter });
  return {
    caPem: describeAuthority(AUTHORITY),
    issue: (names) => issue(names, now() + IDENTITY_DAYS * DAY_MS),
    issueExpired: (names) => ({ ...issue(names, now() - DAY_MS), notBefore: now() - IDENTITY_DAYS * DAY_MS }),
  };
}
