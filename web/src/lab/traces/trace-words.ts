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

export function subjectText({
  subject,
  result,
  originalOf,
}: Pick<TraceView, "subject" | "result" | "originalOf">): string {
  if (subject !== undefined) return subject;
  if (result === "refused") return "(turned away)";
  return originalOf === undefined ? "(no subject)" : "Delivery report";
}

/** `mx:nemesis.test`, `host:smart.lab.test:25:user`, `local:ann@arch.test/INBOX` as words; anything else as it is. */
export function targetWords(target: string): string {
  const [, kind, rest = ""] = /^(mx|host|local):(.*)$/.exec(target) ?? [];
  if (kind === "mx") return `to the MX of ${rest}`;
  if (kind === "local")
    return `into ${rest.slice(rest.lastIndexOf("/") + 1)} of ${rest.slice(0, rest.lastIndexOf("/"))}`;
  if (kind !== "host") return `to ${target}`;
  const [, host, user = ""] = /^(.*:\d+):(.*)$/.exec(rest) ?? [undefined, rest];
  return user === "" ? `to ${host}` : `to ${host} as ${user}`;
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
