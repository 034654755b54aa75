/**
 * Mail as a signed HTTP call to somebody's server. It never rejects and never retries by itself: what the receiver
 * could not do now goes back to the queue. The same message carries the same Idempotency-Key at every attempt.
 */
import { fromUtf8 } from "../../../base/bytes.ts";
import type { Clock } from "../../../base/clock.ts";
import { isFault } from "../../../base/fault.ts";
import type { HttpAnswer, HttpPost } from "../../../base/http.ts";
import type { Recorder } from "../../../journal/journal.ts";
import type { Deliver, DeliveryJob, Outcome } from "../../../mta/delivery/delivery.ts";
import { webhookPayload } from "./payload.ts";
import type { ReadableMessage } from "./payload.ts";
import { SIGNATURE_HEADER, signBody } from "./signature.ts";

export type WebhookAgentOptions = {
  readonly post: HttpPost;
  readonly read: (bytes: Uint8Array) => ReadableMessage;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly timeoutMs?: number | undefined;
};

/** Limit: a receiver that takes longer should answer 202 and work later. */
const DEFAULT_TIMEOUT_MS = 30_000;
/** Limit: of the receiver's own words in our reply text and in a report. */
const REPLY_CHARACTERS_MAX = 200;

type Verdict = Pick<Outcome, "result" | "status" | "reply" | "reason">;

export function createWebhookAgent(options: WebhookAgentOptions): Deliver {
  return async (job) => {
    const { target } = job;
    if (target.kind !== "webhook") return spread(job, "", misrouted());
    const startedAt = options.clock.now();
    let status: number | undefined;
    let verdict: Verdict;
    try {
      const answer = await call(options, job, target, startedAt);
      status = answer.status;
      verdict = judge(answer);
    } catch (error) {
      verdict = troubled(error);
    }
    const durationMs = options.clock.now() - startedAt;
    const facts = { queueId: job.queueId, url: target.url, status, durationMs, detail: verdict.reply };
    options.recorder.record({ kind: "webhook", ...facts }, job.queueId, job.cause);
    return spread(job, target.url, verdict);
  };
}

async function call(
  { post, read, timeoutMs = DEFAULT_TIMEOUT_MS }: WebhookAgentOptions,
  job: DeliveryJob,
  target: { readonly url: string; readonly secret?: string | undefined },
  now: number,
): Promise<HttpAnswer> {
  const content = await job.content();
  const body = fromUtf8(JSON.stringify(webhookPayload(job, read(content), content.length)));
  const headers: Record<string, string> = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Posthorn",
    "Idempotency-Key": `${job.queueId}:${job.recipients[0]?.index ?? 0}`,
  };
  if (target.secret !== undefined) {
    headers[SIGNATURE_HEADER] = signBody(target.secret, Math.floor(now / 1000), body);
  }
  return post({ url: target.url, headers, body, timeoutMs });
}

/** 4xx means "never", save those that say "later": 408 too slow, 425 too early, 429 too many. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

export function judge({ status, body, retryAfter }: HttpAnswer): Verdict {
  const words = [`HTTP ${status}`, retryAfter === undefined ? "" : `(Retry-After: ${retryAfter})`, body].join(
    " ",
  );
  const reply = words
    .replace(/[\x00-\x1f\x7f]+/g, " ")
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, REPLY_CHARACTERS_MAX);
  if (status >= 200 && status < 300) {
    return { result: "delivered", status: "2.0.0", reply, reason: { rule: "webhook took it" } };
  }
  if (status >= 400 && status < 500 && !LATER.has(status)) {
    const change = "answer 2xx, or 429 or 5xx to be asked again";
    return { result: "failed", status: "5.3.0", reply, reason: { rule: "webhook refused it", change } };
  }
  const rule =
    status >= 300 && status < 400 ? "webhook redirects, which is not followed" : "webhook asks for later";
  return { result: "deferred", status: "4.3.0", reply, reason: { rule } };
}

function troubled(error: unknown): Verdict {
  const detail = error instanceof Error ? error.message : String(error);
  const kind = isFault(error) ? error.kind : "io";
  const status = kind === "timeout" || kind === "refused" || kind === "unreachable" ? "4.4.1" : "4.3.0";
  return {
    result: "deferred",
    status,
    reply: `webhook not reached (${kind})`,
    reason: { rule: "webhook fault", detail },
  };
}

function misrouted(): Verdict {
  return { result: "failed", status: "5.3.5", reply: "not a webhook", reason: { rule: "wrong agent" } };
}

function spread(job: DeliveryJob, to: string, verdict: Verdict): Outcome[] {
  return job.recipients.map((recipient) => ({ recipient, to, ...verdict }));
}
