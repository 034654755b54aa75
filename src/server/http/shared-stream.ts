/**
 * Several event streams of the APIs over one connection, each line marked with the stream it belongs to: a browser
 * opens six connections to one server for all its tabs together. Each stream is asked for as if it were asked for alone,
 * so nobody hears more than they may; one that is refused or ends says so, and the others go on.
 */
import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type Route, routeOf } from "./route.ts";

/** Asks for one stream as the client would. */
type Ask = (request: Request, clientAddress: string) => Promise<Response>;

export type SharedStreamPlace = { readonly isApi: (path: string) => boolean; readonly ask: Ask };

export const SHARED_STREAM_PREFIX = "/live/v1";

/** Limit: no page watches more at once; each costs as much as a connection of its own did. */
const STREAMS_MAX = 12;

const streamRoute = routeOf<SharedStreamPlace>();
const one = z.string().regex(/^(\d+,)?\/[^/]/, "is a path, perhaps after the id to go on from and a comma");

export const sharedStreamRoutes: readonly Route<SharedStreamPlace>[] = [
  streamRoute(
    {
      method: "get",
      path: "/streams",
      summary: "Several event streams over one connection.",
      notes:
        "`s` is given once for each stream: its path, or `ID,PATH` to go on after an id. The browser app uses this; a program that wants one stream asks for it alone.",
      query: z.strictObject({ s: z.union([one, z.array(one).max(STREAMS_MAX)]) }),
      answer: {
        media: "text/event-stream",
        about:
          "`data` is `N ID KIND JSON`: the Nth stream's event; `N ID` alone is where it stands. Events named `ended` say `N STATUS`: that stream is no more.",
      },
    },
    (place, { request, clientAddress, query: { s } }) => share(place, request, clientAddress, [s].flat()),
  ),
];

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

function share(
  { isApi, ask }: SharedStreamPlace,
  request: Request,
  address: string,
  all: string[],
): Response {
  const asked = all.map((text) => streamRequest(text, request, isApi));
  // Nobody would read the streams, and so nobody end them.
  if (request.method === "HEAD") return new Response(null, { headers: HEADERS });
  const streams = asked.map((single, index) => new Strand(index, () => ask(single, address)));
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytesOf(": posthorn\n\n")),
    // Called again only when the client has taken what it was given.
    async pull(controller) {
      for (;;) {
        const open = streams.filter(({ isOver }) => !isOver);
        if (open.length === 0) return controller.close();
        const piece = (await Promise.race(open.map((strand) => strand.ready()))).take();
        if (piece !== "") return controller.enqueue(bytesOf(piece));
      }
    },
    async cancel() {
      await Promise.allSettled(streams.map((strand) => strand.close()));
    },
  });
  return new Response(body, { headers: HEADERS });
}

/** Throws ApiError when the path leads anywhere but to an API. */
function streamRequest(text: string, request: Request, isApi: (path: string) => boolean): Request {
  const [after = "", path = ""] = text.startsWith("/") ? ["", text] : text.split(/,(.*)/s);
  const own = new URL(request.url);
  const url = new URL(path, own);
  if (url.origin !== own.origin || !isApi(url.pathname) || url.pathname.startsWith(SHARED_STREAM_PREFIX))
    throw new ApiError(400, `${url.pathname} is no stream`);
  const headers = new Headers(request.headers);
  headers.delete("last-event-id");
  if (after !== "") headers.set("last-event-id", after);
  return new Request(url, { headers, signal: request.signal });
}

/** One stream among those of a connection. At most one piece of it is waiting, or waited for. */
class Strand {
  isOver = false;
  readonly #index: number;
  readonly #ask: () => Promise<Response>;
  readonly #text = new TextDecoder();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #ready: Promise<this> | undefined;
  #piece = "";
  #rest = "";
  #endedBy: number | undefined;
  #isClosed = false;

  constructor(index: number, ask: () => Promise<Response>) {
    this.#index = index;
    this.#ask = ask;
  }

  /** Until there is a piece to take. */
  ready(): Promise<this> {
    this.#ready ??= this.#read().then(
      () => this,
      // Whoever failed has said so in the log.
      () => this.#end(500),
    );
    return this.#ready;
  }

  /** The piece that is ready, marked. */
  take(): string {
    const piece = this.#piece;
    this.#piece = "";
    this.#ready = undefined;
    if (this.#endedBy === undefined) return piece;
    this.isOver = true;
    return `${piece}event: ended\ndata: ${this.#index} ${this.#endedBy}\n\n`;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#reader?.cancel();
  }

  async #read(): Promise<void> {
    if (this.#reader === undefined) {
      const response = await this.#ask();
      const isStream = response.headers.get("content-type")?.startsWith(HEADERS["content-type"]) === true;
      if (!response.ok || !isStream || response.body === null) {
        await response.body?.cancel();
        this.#end(response.ok ? 400 : response.status);
        return;
      }
      this.#reader = response.body.getReader();
      if (this.#isClosed) await this.#reader.cancel();
    }
    const { done, value } = await this.#reader.read();
    if (done) this.#end(200);
    else this.#mark(this.#text.decode(value, { stream: true }));
  }

  #mark(text: string): void {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    this.#piece = blocks.map((block) => markBlock(this.#index, block)).join("");
  }

  #end(status: number): this {
    this.#endedBy = status;
    return this;
  }
}

/** One event as event-stream.ts writes it. */
function markBlock(index: number, block: string): string {
  const { id, event, data } = fieldsOf(block);
  if (id === undefined) return ": still here\n\n";
  const rest = data === undefined ? "" : ` ${event ?? "message"} ${data}`;
  return `data: ${index} ${id}${rest}\n\n`;
}

function fieldsOf(block: string): { readonly id?: string; readonly event?: string; readonly data?: string } {
  return Object.fromEntries(
    block.split("\n").flatMap((line) => {
      const at = line.indexOf(": ");
      return at <= 0 ? [] : [[line.slice(0, at), line.slice(at + 2)]];
    }),
  );
}

const encoder = new TextEncoder();
function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}
