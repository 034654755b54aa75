/**
 * A live stream of events (SSE). All streams of a tab share one connection (live-line.ts), which comes back by itself and
 * goes on after the last id it saw. Events are handed over in batches, one a frame. `state` is what the shell shows; it
 * never throws.
 */
import { makeBatch } from "./event-batch.ts";
import { type Hearing, type LiveEvent, LiveLine, type LiveState, type Strand } from "./live-line.ts";
import { onNextFrame } from "./next-frame.ts";

export type { LiveEvent, LiveState } from "./live-line.ts";

export type LiveOptions = {
  readonly url: string;
  /** Kinds of events to hear of; none given: all. */
  readonly kinds?: readonly string[];
  /** Starts after this id instead of with what is new. */
  readonly after?: string;
  readonly onEvents: (events: readonly LiveEvent[], dropped: number) => void;
};

/** A look at another tab and back costs nothing. */
const HIDDEN_MS = 20_000;

export class Live implements Strand {
  state = $state<LiveState>("connecting");
  lastId: string;
  readonly url: string;
  readonly #kinds: ReadonlySet<string> | undefined;
  readonly #batch;
  readonly #end: () => void;

  constructor({ url, kinds, after, onEvents }: LiveOptions) {
    this.url = url;
    this.lastId = after ?? "";
    this.#kinds = kinds === undefined ? undefined : new Set(kinds);
    this.#batch = makeBatch<LiveEvent>(onEvents, onNextFrame);
    this.#end = line.add(this);
  }

  take(event: LiveEvent): void {
    if (this.#kinds?.has(event.kind) !== false) this.#batch.add(event);
  }

  tell(state: LiveState): void {
    this.state = state;
  }

  close(): void {
    this.#end();
    this.#batch.clear();
  }
}

const line = new LiveLine({
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  open: listen,
});

function listen(url: string, { opened, message, ended, failed }: Hearing): () => void {
  const source = new EventSource(url);
  source.onopen = opened;
  source.onmessage = ({ data }: MessageEvent<string>) => message(data);
  source.addEventListener("ended", ({ data }: MessageEvent<string>) => ended(data));
  // The browser's own retry keeps to one pace and gives up after an HTTP error: we do it ourselves.
  source.onerror = failed;
  return () => source.close();
}

/** A page that nobody looks at gives its connection back, and goes on where it was when somebody does. */
let hiding: ReturnType<typeof setTimeout> | undefined;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(() => line.pause(), HIDDEN_MS);
  else line.resume();
});
