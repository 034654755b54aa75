/**
 * Server-sent events that resume: each has an id, and a client that comes back with the last it saw (Last-Event-ID) is
 * given what it missed, or told that it is too far behind. Ends when the client goes; holds nothing of what it sent.
 */

export type StreamedEvent = { readonly id: string; readonly event: string; readonly data: string };

type NewEvents = readonly (StreamedEvent & { readonly number: number })[] | undefined;

export type EventSource = {
  /** Events after this id, oldest first; a bounded number at a time. Undefined: there will be no more, for this client. */
  read(after: number): NewEvents | Promise<NewEvents>;
  /** Calls once for each piece of news; returns what ends it. */
  subscribe(wake: () => void): () => void;
};

/** Limit: a proxy or a browser takes a silent connection for dead after about a minute. */
const KEEP_ALIVE_MS = 15_000;
/** Limit: sent in one piece; a slow client is waited for between pieces. */
const BATCH_MAX = 500;

export function streamEvents(
  request: Request,
  after: number,
  source: EventSource,
  every: (ms: number, call: () => void) => { cancel(): void },
): Response {
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  };
  // Nobody would read the stream, and so nobody end it.
  if (request.method === "HEAD") return new Response(null, { headers });
  let sent = after;
  let stop = (): void => undefined;
  let wake = (): void => undefined;
  let isGone = false;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const beat = every(KEEP_ALIVE_MS, () => controller.enqueue(encoder.encode(": still here\n\n")));
      const unsubscribe = source.subscribe(() => wake());
      stop = () => {
        beat.cancel();
        unsubscribe();
        wake();
      };
      request.signal.addEventListener("abort", () => stop());
      // An id alone is no event, but whoever comes back before the first event goes on from here.
      controller.enqueue(encoder.encode(`: posthorn\nid: ${after}\n\n`));
    },
    // Called again only when the client has taken what it was given.
    async pull(controller) {
      for (;;) {
        if (isGone) return;
        if (request.signal.aborted) {
          stop();
          return controller.close();
        }
        const news = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const read = await readOrStop(source, sent, stop);
        if (read === undefined) {
          stop();
          return controller.close();
        }
        const events = read.slice(0, BATCH_MAX);
        if (events.length > 0) {
          sent = events.at(-1)?.number ?? sent;
          controller.enqueue(encoder.encode(events.map(formatEvent).join("")));
          return;
        }
        await news;
      }
    },
    cancel() {
      isGone = true;
      stop();
    },
  });
  return new Response(body, { headers });
}

/** A source that fails ends the stream, and what was held for it. */
async function readOrStop(source: EventSource, after: number, stop: () => void): Promise<NewEvents> {
  try {
    return await source.read(after);
  } catch (error) {
    stop();
    throw error;
  }
}

/** One event in the form of the HTML standard §9.2.6; `data` is one line. */
function formatEvent({ id, event, data }: StreamedEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}

/** Where a client wants to go on: its Last-Event-ID, else `after`, else the newest. */
export function resumeAfter(request: Request, after: number | undefined, newest: number): number {
  const header = Number(request.headers.get("last-event-id") ?? Number.NaN);
  return Number.isSafeInteger(header) ? header : (after ?? newest);
}
