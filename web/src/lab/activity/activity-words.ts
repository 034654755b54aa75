/** How a row of the live list is shown: a word for its kind, and its colour. Pure. */
import type { ActivityView } from "../../../../src/lab/api/activity-views.ts";
import type { Tone } from "../../lib/ui/tone.ts";

const KINDS: Readonly<Record<ActivityView["kind"], readonly [word: string, tone: Tone]>> = {
  dns: ["DNS", "dns"],
  session: ["Session", "smtp"],
  mail: ["Mail", "client"],
  policy: ["Policy", "info"],
  queue: ["Queue", "queue"],
  bounce: ["Bounce", "bounce"],
  store: ["Store", "ok"],
  webhook: ["Webhook", "webhook"],
  fault: ["Fault", "fail"],
  clock: ["Clock", "accent"],
  warning: ["Warning", "wait"],
};

export function kindWord(kind: ActivityView["kind"]): string {
  return KINDS[kind][0];
}

export function kindTone(kind: ActivityView["kind"]): Tone {
  return KINDS[kind][1];
}

/** Where more is to be read: the journey, else the connection; undefined when there is neither. */
export function activityHref({ trace, session, kind }: ActivityView): string | undefined {
  if (kind === "session" && session !== undefined) return `/lab/sessions/${encodeURIComponent(session)}`;
  if (trace !== undefined && kind !== "warning") return `/lab/traces/${encodeURIComponent(trace)}`;
  return session === undefined ? undefined : `/lab/sessions/${encodeURIComponent(session)}`;
}
