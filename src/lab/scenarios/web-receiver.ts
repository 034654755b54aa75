/**
 * Somebody's web server inside the lab: the far end of every webhook. It answers what it was told to answer, 200 when
 * it was told nothing, and remembers each call. It never leaves the process.
 */
import { asBuffer } from "../../base/bytes.ts";
import type { HttpAnswer, HttpPost, HttpRequest } from "../../base/http.ts";

export type WebReceiver = {
  readonly post: HttpPost;
  /** The calls so far, oldest first. */
  readonly calls: readonly WebCall[];
  /** What the next calls are answered, in order. */
  answerNext(...answers: readonly HttpAnswer[]): void;
};

export type WebCall = { readonly request: HttpRequest; readonly status: number; readonly json: unknown };

export function createWebReceiver(): WebReceiver {
  const calls: WebCall[] = [];
  const planned: HttpAnswer[] = [];
  return {
    calls,
    answerNext: (...answers) => void planned.push(...answers),
    post(request) {
      const answer = planned.shift() ?? { status: 200, body: "thank you" };
      const json: unknown = JSON.parse(asBuffer(request.body).toString("utf8"));
      calls.push({ request, status: answer.status, json });
      return Promise.resolve(answer);
    },
  };
}
