/**
 * Bounds what a request may bring: by the length it announces, or counted as it is read when it announces none. Too much
 * is a 413. It never reads a body itself.
 */
import type { MiddlewareHandler } from "hono";
import { ApiError } from "./api-error.ts";

export function limitBody(bytesMax: number): MiddlewareHandler {
  const tooLarge = (): ApiError => new ApiError(413, `the body is larger than ${bytesMax} bytes`);
  return async (context, next) => {
    const { raw } = context.req;
    // RFC 9112 §6.3: chunked if it says so, else as long as it says, else there is none.
    if (raw.headers.get("transfer-encoding") === null) {
      if (Number(raw.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge();
      return next();
    }
    if (raw.body === null) return next();
    let bytes = 0;
    const counted = raw.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.length;
          if (bytes > bytesMax) controller.error(tooLarge());
          else controller.enqueue(chunk);
        },
      }),
    );
    const { method, headers, signal } = raw;
    // A value of its own: the browser's types, under which web/ reads ours, know no `duplex`.
    const init = { method, headers, signal, body: counted, duplex: "half" as const };
    context.req.raw = new Request(raw.url, init);
    return next();
  };
}
