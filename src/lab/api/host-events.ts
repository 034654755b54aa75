/** The latest of one host out of the journal, or of what it and another said to each other. Newest last, bounded. */
import type { JournalEvent } from "../../journal/events.ts";
import type { Lab } from "../lab.ts";

export function eventsOfHost({ journal }: Lab, host: string, limit: number): JournalEvent[] {
  return latest(journal.read(), limit, (event) => event.host === host);
}

export function eventsOfLink(lab: Lab, host: string, peer: string, limit: number): JournalEvent[] {
  const events = lab.journal.read();
  const ends = new Map([
    [host, addressesOf(lab, peer)],
    [peer, addressesOf(lab, host)],
  ]);
  const isOther = (one: string, endpoint: string): boolean =>
    ends
      .get(one)
      ?.some((address) => endpoint.startsWith(`${address}:`) || endpoint.startsWith(`[${address}]:`)) ??
    false;
  const connections = new Set<string>();
  for (const event of events)
    if (event.kind === "connection.opened" && isOther(event.host, event.remote))
      connections.add(event.connection);
  return latest(events, limit, (event) => {
    if (!ends.has(event.host)) return false;
    if (event.kind === "connection.failed") return isOther(event.host, event.to);
    return "connection" in event && event.connection !== undefined && connections.has(event.connection);
  });
}

function latest(
  events: readonly JournalEvent[],
  limit: number,
  isMeant: (event: JournalEvent) => boolean,
): JournalEvent[] {
  const found: JournalEvent[] = [];
  for (let i = events.length - 1; i >= 0 && found.length < limit; i--) {
    const event = events[i] as JournalEvent;
    if (isMeant(event)) found.push(event);
  }
  return found.reverse();
}

function addressesOf({ plan }: Lab, name: string): readonly string[] {
  return name === "you"
    ? [plan.you.address]
    : (plan.hosts.find((host) => host.name === name)?.addresses ?? []);
}
