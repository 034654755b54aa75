/**
 * A live stream of events (SSE). Reconnects by itself with growing pauses, resumes after the last id it saw, and
 * hands events over in batches, one a frame. `state` is what the shell shows; it never throws.
 */
import { makeBatch } from "./event-batch.ts";
import { onNextFrame } from "./next-frame.ts";

export type LiveState = "connecting" | "live" | "lost";
export type LiveEvent = { readonly id: string; readonly kind: string; readonly data: string };

export type LiveOptions = {
  readonly url: string;
  /** Names of events (`event:` lines) to listen to; unnamed ones always come, as "message". */
  readonly kinds?: readonly string[];
  /** Starts after this id instead of with what is new. */
  readonly after?: string;
  readonly onEvents: (events: readonly LiveEvent[], dropped: number) => void;
};

/** Limit: pauses between attempts grow from the first to the second. */
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;
/** A look at another tab and back costs nothing. */
const HIDDEN_MS = 20_000;

export class Live {
  state = $state<LiveState>("connecting");
  lastId = "";
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hiding: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  #failures = 0;
  readonly #options: LiveOptions;
  readonly #batch;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.lastId = options.after ?? "";
    this.#batch = makeBatch<LiveEvent>(options.onEvents, onNextFrame);
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#open();
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    clearTimeout(this.#hiding);
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#batch.clear();
  }

  /**
   * A browser opens six connections to one server, over all its tabs together: a page that nobody looks at gives its own
   * back, and goes on where it was when somebody does.
   */
  readonly #onVisibility = (): void => {
    clearTimeout(this.#hiding);
    if (document.hidden) this.#hiding = setTimeout(() => this.#pause(), HIDDEN_MS);
    else if (this.#paused) this.#open();
  };

  #pause(): void {
    this.#paused = true;
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #open(): void {
    this.#paused = false;
    const url = new URL(this.#options.url, window.location.href);
    if (this.lastId !== "") url.searchParams.set("after", this.lastId);
    const source = new EventSource(url);
    this.#source = source;
    source.onopen = () => {
      this.state = "live";
      this.#failures = 0;
    };
    const take = (event: MessageEvent<string>): void => {
      if (event.lastEventId !== "") this.lastId = event.lastEventId;
      this.#batch.add({ id: event.lastEventId, kind: event.type, data: event.data });
    };
    source.onmessage = take;
    for (const kind of this.#options.kinds ?? []) source.addEventListener(kind, take);
    // The browser's own retry keeps to one pace and gives up after an HTTP error: we do it ourselves.
    source.onerror = () => {
      source.close();
      this.state = this.#failures === 0 ? "connecting" : "lost";
      const pause = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures);
      this.#failures += 1;
      this.#timer = setTimeout(() => this.#open(), pause);
    };
  }
}
