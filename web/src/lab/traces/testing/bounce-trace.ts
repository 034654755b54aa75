/** A journey as the API gives it, for tests: the one that src/journal/testing/sample-journal.ts tells. */
import { readFileSync } from "node:fs";
import type { Trace } from "../../../../../src/journal/journey.ts";

export function bounceTrace(): Trace {
  return JSON.parse(readFileSync(new URL("bounce.trace.json", import.meta.url), "utf8")) as Trace;
}
