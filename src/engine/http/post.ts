/**
 * POST over fetch: no redirect is followed, the answer is read up to a bound, and every failure is a Fault. It never
 * retries: the queue does.
 */
import { Fault } from "../../base/fault.ts";
import type { HttpAnswer, HttpPost } from "../../base/http.ts";
import { httpFault } from "./http-faults.ts";

/** Limit: enough for a sentence of why; the rest of the answer is not ours to keep. */
const ANSWER_BYTES_MAX = 4096;

export const postOverFetch: HttpPost = async ({ url, headers, body, timeoutMs }) => {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body: Buffer.from(body),
      redirect: "manual",
      signal,
    });
    const retryAfter = response.headers.get("retry-after") ?? undefined;
    const answer: HttpAnswer = { status: response.status, body: await readStart(response), retryAfter };
    return answer;
  } catch (error) {
    throw toFault(error, signal.aborted, `${url}`, timeoutMs);
  }
};

async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const chunks: Uint8Array[] = [];
  for (let length = 0; length < ANSWER_BYTES_MAX;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  await reader.cancel();
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString("utf8");
}

function toFault(error: unknown, timedOut: boolean, url: string, timeoutMs: number): Fault {
  if (timedOut) return new Fault("timeout", `no answer from ${url} within ${timeoutMs} ms`, { cause: error });
  return httpFault(error, url);
}
