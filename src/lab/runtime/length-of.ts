/** A length of time as people give it to the lab's clock: milliseconds, or text such as "4h". */
import { parseDuration } from "../../base/duration.ts";
import { LabError } from "../lab.ts";

export function lengthOf(by: number | string): number {
  const ms = typeof by === "number" ? by : parseDuration(by);
  if (ms === undefined || !Number.isFinite(ms) || ms < 0)
    throw new LabError(`"${by}" is not a length of time: write it as "30s", "4h" or "5d"`);
  return ms;
}
