/** What a query finds in a single event: for the live list and for `wait`. Pure. */
import type { JournalEvent } from "./events.ts";
import { formatEvent } from "./ndjson.ts";
import { matchesQuery } from "./query.ts";
import type { Query } from "./query.ts";

export function eventMatches(event: JournalEvent, query: Query): boolean {
  return matchesQuery(query, (field) => eventField(event, field));
}

function eventField(event: JournalEvent, field: string): readonly string[] | undefined {
  const facts = event as Record<string, unknown>;
  switch (field) {
    case "id":
      return strings(facts.queueId, facts.trace, facts.connection, facts.of);
    case "from":
      return strings(facts.reversePath);
    case "to":
      return strings(facts.recipient, facts.recipients);
    case "kind":
      return [event.kind, event.kind.split(".")[0] ?? ""];
    case "dsn":
      return event.kind === "dsn" ? [event.action] : undefined;
    case "messageid":
      return strings(facts.messageId);
    case "text":
      return [formatEvent(event)];
    default:
      return strings(facts[field]);
  }
}

function strings(...values: unknown[]): string[] {
  return values.flat().filter((value): value is string => typeof value === "string");
}
