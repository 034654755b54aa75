/**
 * A whole world in memory: its clock, its chance and its network, from one seed. The same seed and the same program
 * give the same run, event by event. It touches nothing of the machine.
 */
import { createMemoryFiles } from "./memory-files.ts";
import type { Files } from "../../base/files.ts";
import { seededRandom, type Random } from "../../base/random.ts";
import type { World } from "../../base/world.ts";
import { createSimulatedClock, type SimulatedClock } from "./simulated-clock.ts";
import { createSimulatedNetwork, type SimulatedNetwork } from "./simulated-network.ts";

export type Simulation = {
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  /** Chance of the world itself; each host has its own stream. */
  readonly random: Random;
  readonly files: Files;
  /**
   * The world as one host sees it. Its chance follows from the seed and its first address, so that a host more or
   * less leaves the others' dice alone.
   */
  worldFor(host: { addresses: readonly string[] }): World;
};

export type SimulationOptions = {
  readonly seed: number;
  /** Milliseconds since 1970 UTC. */
  readonly startAt: number;
  readonly latencyMs?: number;
  /** The lab's address ranges. */
  readonly ranges?: readonly string[];
  readonly yieldTurn?: () => Promise<void>;
};

export function createSimulation(options: SimulationOptions): Simulation {
  const { seed, startAt, latencyMs, ranges, yieldTurn } = options;
  const clock = createSimulatedClock({ startAt, ...(yieldTurn === undefined ? {} : { yieldTurn }) });
  const network = createSimulatedNetwork({
    clock,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(ranges === undefined ? {} : { ranges }),
  });
  return {
    clock,
    network,
    random: seededRandom(seed),
    files: createMemoryFiles(),
    worldFor: ({ addresses }) => ({
      clock,
      random: seededRandom(mixSeed(seed, addresses[0] ?? "")),
      network: network.networkFor(addresses),
    }),
  };
}

/** FNV-1a over the text, begun at the seed: different hosts, different streams. */
function mixSeed(seed: number, text: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
