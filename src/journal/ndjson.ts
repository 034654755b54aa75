/**
 * The journal as text: one JSON object a line, keys always in the same order, so that two equal journals are equal
 * byte for byte. Reading never throws: a line that is not an event is named.
 */
import type { JournalEvent } from "./events.ts";
import { err, ok } from "../base/result.ts";
import type { Result } from "../base/result.ts";

const HEADER_KEYS = ["id", "at", "host", "trace", "cause", "kind"] as const;
const HEADER_KEY_SET: ReadonlySet<string> = new Set(HEADER_KEYS);

/** Header keys first, then the others by name; what is undefined is left out. Ends with a newline unless empty. */
export function formatEvents(events: readonly JournalEvent[]): string {
  let text = "";
  for (const event of events) text += `${formatEvent(event)}\n`;
  return text;
}

/** One event as one line of JSON, without a newline. */
export function formatEvent(event: JournalEvent): string {
  const record = event as Record<string, unknown>;
  const keys = Object.keys(record)
    .filter((key) => !HEADER_KEY_SET.has(key))
    .sort();
  const parts: string[] = [];
  for (const key of [...HEADER_KEYS, ...keys]) {
    const value = record[key];
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${JSON.stringify(sorted(value))}`);
  }
  return `{${parts.join(",")}}`;
}

export function parseEvents(text: string): Result<JournalEvent[], { line: number; message: string }> {
  const events: JournalEvent[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const event = parseObject(line);
    if (event === undefined) {
      return err({ line: index + 1, message: "not an event: a JSON object with id, at, host and kind" });
    }
    // A key left out because it was undefined comes back as one, so that events keep one shape.
    const header = { id: 0, at: 0, host: "", trace: undefined, cause: undefined };
    events.push({ ...header, ...event } as unknown as JournalEvent);
  }
  return ok(events);
}

function parseObject(line: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const record = value as Record<string, unknown>;
  const whole =
    Number.isSafeInteger(record.id) &&
    typeof record.at === "number" &&
    typeof record.host === "string" &&
    typeof record.kind === "string";
  return whole ? record : undefined;
}

/** The same value with the keys of objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
