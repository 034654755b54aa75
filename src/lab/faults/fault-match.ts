/** Whether the facts of an event are those a fault waits for. Pure; a fact that is not known satisfies no matcher. */
import { matchesAddress } from "../../mta/routing/match.ts";
import { canonicalName } from "../../protocol/dns/name.ts";
import type { FaultFacts, FaultMatch } from "./fault.ts";

export function factsMatch(when: FaultMatch, facts: FaultFacts): boolean {
  if (!anyAddress(when.from, facts.reversePath) || !anyAddress(when.to, facts.recipient)) return false;
  if (when.sizeBytesMin !== undefined && !((facts.sizeBytes ?? -1) >= when.sizeBytesMin)) return false;
  if (when.subject !== undefined && !(facts.subject !== undefined && when.subject.test(facts.subject)))
    return false;
  return when.query === undefined || matchesQuery(when.query, facts.query);
}

/** `n` and `every` choose by the event's number, from 1. */
export function numberMatches(when: FaultMatch, seenCount: number): boolean {
  if (when.n !== undefined && !when.n.includes(seenCount)) return false;
  return when.every === undefined || seenCount % when.every === 0;
}

function anyAddress(patterns: readonly string[] | undefined, address: string | undefined): boolean {
  if (patterns === undefined) return true;
  return address !== undefined && patterns.some((pattern) => matchesAddress(pattern, address));
}

/** `nemesis.test` is that name alone; `*.nemesis.test` what is below it; `*` any. */
function matchesQuery(wanted: NonNullable<FaultMatch["query"]>, asked: FaultFacts["query"]): boolean {
  if (asked === undefined) return false;
  if (wanted.type !== undefined && wanted.type !== asked.type) return false;
  const name = canonicalName(asked.name);
  if (wanted.name === "*" || wanted.name === name) return true;
  return wanted.name.startsWith("*.") && name.endsWith(wanted.name.slice(1));
}
