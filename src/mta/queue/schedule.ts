/** When to try again, when to warn, when to give up. Pure: times in, times and reasons out. */
import type { Reason } from "../../base/reason.ts";
import type { QueueEntry, RecipientPart } from "./entry.ts";
import { wantsReport } from "./report.ts";
import type { QueueSettings } from "./settings.ts";

export type Verdict =
  | { readonly kind: "again"; readonly at: number; readonly reason: Reason }
  | { readonly kind: "expired"; readonly reason: Reason };

/** After an attempt that was deferred. The last attempt is made at the very end of the message's time. */
export function afterDeferral(
  settings: QueueSettings,
  now: number,
  receivedAt: number,
  attemptCount: number,
): Verdict {
  const expiresAt = receivedAt + settings.expireMs;
  if (now >= expiresAt) {
    const reason = {
      rule: "given up",
      setting: "queue.expire",
      rfc: "RFC 5321 §4.5.4.1",
      change: "raise queue.expire",
    };
    return { kind: "expired", reason };
  }
  const index = Math.min(attemptCount, settings.retryMs.length) - 1;
  const wait = settings.retryMs[index] ?? 0;
  const setting = `queue.retry[${index}]`;
  const isLast = now + wait >= expiresAt;
  const reason = isLast
    ? { rule: "one last attempt when its time is up", setting: "queue.expire", rfc: "RFC 5321 §4.5.4.1" }
    : { rule: "try again later", setting, rfc: "RFC 5321 §4.5.4.1" };
  return { kind: "again", at: isLast ? expiresAt : now + wait, reason };
}

/** When a notice of delay is due, or undefined when none is (any more). */
export function delayNoticeAt(settings: QueueSettings, entry: QueueEntry): number | undefined {
  if (settings.delayWarningMs === undefined || entry.isDelayReported) return undefined;
  if (entry.envelope.reversePath === "" || !entry.parts.some(isLate)) return undefined;
  return entry.receivedAt + settings.delayWarningMs;
}

/** Whether the sender would be told that this recipient still waits: only after an attempt has failed. */
export function isLate(part: RecipientPart): boolean {
  return part.state === "waiting" && part.attemptCount > 0 && wantsReport(part.recipient, "delayed");
}

/** When the queue has to look at this message next. */
export function nextLookAt(settings: QueueSettings, entry: QueueEntry): number | undefined {
  let at = delayNoticeAt(settings, entry);
  for (const { state, until } of entry.parts) {
    if (state === "waiting" && (at === undefined || until < at)) at = until;
  }
  return at;
}
