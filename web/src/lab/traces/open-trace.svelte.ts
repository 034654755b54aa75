/** One journey, fetched and kept up to date while it goes on. */
import type { Conversation } from "../../../../src/journal/conversation.ts";
import type { Trace } from "../../../../src/journal/journey.ts";
import type { TraceView } from "../../../../src/lab/api/trace-views.ts";
import { ApiError, get } from "$lib/api.ts";
import { Live } from "$lib/live.svelte.ts";

/** Limit: a journey with much going on is fetched no more often. */
const AGAIN_MS = 400;

export class OpenTrace {
  trace = $state.raw<Trace>();
  summary = $state.raw<TraceView>();
  /** Why there is no trace. */
  error = $state<string>();
  /** Grows with each fetch. */
  version = $state(0);
  readonly #path: string;
  #live: Live | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(id: string, { live = true }: { readonly live?: boolean } = {}) {
    this.#path = `/lab/v1/traces/${encodeURIComponent(id)}`;
    void this.refresh().then(() => {
      if (live && !this.#closed && this.summary !== undefined) this.#listen(this.summary.id);
    });
  }

  async refresh(): Promise<void> {
    try {
      const summary = await get<TraceView>(`${this.#path}/summary`);
      const trace = await get<Trace>(`/lab/v1/traces/${encodeURIComponent(summary.id)}`);
      if (this.#closed) return;
      this.summary = summary;
      this.trace = trace;
      this.error = undefined;
      this.version += 1;
    } catch (cause) {
      if (this.#closed) return;
      this.error = cause instanceof ApiError ? cause.message : String(cause);
      // The summary is kept longer than the details.
      this.summary ??= await get<TraceView>(`${this.#path}/summary`).catch(() => undefined);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#live?.close();
  }

  #listen(id: string): void {
    const url = `/lab/v1/traces-live?${new URLSearchParams({ q: `id:${id}` })}`;
    this.#live = new Live({ url, kinds: ["changed", "behind"], onEvents: () => this.#soon() });
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, AGAIN_MS);
  }
}

/** Each conversation once, with the hop it belongs to: what a hop sent and the next received came twice. */
export function conversationsOf(trace: Trace): { readonly title: string; readonly talk: Conversation }[] {
  const seen = new Set<string>();
  return trace.hops.flatMap((hop) => {
    const talks = [
      ...(hop.arrival === undefined ? [] : [{ title: `arrives at ${hop.host}`, talk: hop.arrival }]),
      ...hop.attempts.flatMap((attempt) =>
        attempt.conversations.map((talk) => ({ title: `${hop.host}, attempt ${attempt.number}`, talk })),
      ),
    ];
    return talks.filter(({ talk }) => {
      const key = `${talk.connection} ${talk.earlier}`;
      return !seen.has(key) && seen.add(key) !== undefined;
    });
  });
}
