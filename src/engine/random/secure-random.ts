/** Chance for a real server: the system's, fit for secrets. Never fails, never repeats. */
import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "../../base/random.ts";

export function createSecureRandom(): Random {
  return {
    bytes: (length) => randomBytes(length),
    integer: (below) => randomInt(below),
    fraction: () => randomInt(2 ** 47) / 2 ** 47,
  };
}
