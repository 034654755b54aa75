/** Everything a Host takes from outside itself, as one value. The real one binds sockets; the lab's can be in memory. */
import type { Clock } from "./clock.ts";
import type { Network } from "./network.ts";
import type { Random } from "./random.ts";

export type World = {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
};
