/** How journeys are shown: a word and a colour for each result, addresses, paths. Pure. */
import type { TraceView } from "../../../../src/lab/api/trace-views.ts";
import type { Tone } from "../../lib/ui/tone.ts";

const RESULTS: Readonly<Record<TraceView["result"], readonly [word: string, tone: Tone]>> = {
  delivered: ["Delivered", "ok"],
  relayed: ["Relayed", "ok"],
  deferred: ["Deferred", "wait"],
  queued: ["Queued", "queue"],
  held: ["Held", "wait"],
  released: ["Released", "queue"],
  failed: ["Failed", "fail"],
  expired: ["Expired", "fail"],
  dropped: ["Dropped", "fail"],
  refused: ["Refused", "fail"],
  mixed: ["Mixed", "info"],
};

export function resultWord(result: TraceView["result"]): string {
  return RESULTS[result][0];
}

export function resultTone(result: TraceView["result"]): Tone {
  return RESULTS[result][1];
}

/** The null reverse-path has no letters of its own. */
export function senderText(reversePath: string): string {
  return reversePath === "" ? "<> (report)" : reversePath;
}

export function recipientsText({ to, recipientCount }: Pick<TraceView, "to" | "recipientCount">): string {
  const rest = recipientCount - to.length;
  return rest > 0 ? `${to.join(", ")} and ${rest} more` : to.join(", ");
}

export function traceHref(id: string): string {
  return `/lab/traces/${encodeURIComponent(id)}`;
}

/** Where a section of an RFC is read: "RFC 5321 §4.1.1.2" or "RFC 9422". */
export function rfcHref(rfc: string): string | undefined {
  const match = /^RFC (\d+)(?: §([\d.]+))?/.exec(rfc);
  if (match === null) return undefined;
  const [, number, section] = match;
  return `https://www.rfc-editor.org/rfc/rfc${number}${section === undefined ? "" : `#section-${section}`}`;
}
