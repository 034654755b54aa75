/**
 * The one connection of a tab for all its live streams (/live/v1/streams): a browser opens six connections to one server
 * for all tabs together. It is opened anew when streams come and go, each going on after the last id it saw; comes back
 * by itself, with growing pauses; and tells a stream that was refused apart from a connection that is lost. Never throws.
 */

export type LiveState = "connecting" | "live" | "lost";
export type LiveEvent = { readonly id: string; readonly kind: string; readonly data: string };

export type Strand = {
  readonly url: string;
  /** Goes on after this id; empty: with what is new. Kept up to date here. */
  lastId: string;
  take(event: LiveEvent): void;
  tell(state: LiveState): void;
};

/** What it needs of the browser. `open` returns what closes. */
export type LineWorld = {
  open(url: string, hear: Hearing): () => void;
  after(ms: number, run: () => void): () => void;
};
export type Hearing = {
  message(data: string): void;
  ended(data: string): void;
  opened(): void;
  failed(): void;
};

/** Limit: pauses between attempts grow from the first to the second. */
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;
/** A page that is left and the one that comes are one change of the connection. */
const TOGETHER_MS = 20;

type Held = { readonly strand: Strand; failures: number; isResting: boolean };

export class LiveLine {
  readonly #world: LineWorld;
  #held: readonly Held[] = [];
  #close: (() => void) | undefined;
  #opening: (() => void) | undefined;
  #failures = 0;
  #isPaused = false;

  constructor(world: LineWorld) {
    this.#world = world;
  }

  /** Returns what ends it. */
  add(strand: Strand): () => void {
    const held: Held = { strand, failures: 0, isResting: false };
    this.#held = [...this.#held, held];
    this.#openSoon(TOGETHER_MS);
    return () => {
      if (!this.#held.includes(held)) return;
      this.#held = this.#held.filter((one) => one !== held);
      this.#openSoon(TOGETHER_MS);
    };
  }

  /** Gives the connection back while nobody looks. */
  pause(): void {
    this.#isPaused = true;
    this.#opening?.();
    this.#opening = undefined;
    this.#hangUp();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#open();
  }

  #openSoon(ms: number): void {
    this.#opening?.();
    this.#opening = this.#world.after(ms, () => this.#open());
  }

  #hangUp(): void {
    this.#close?.();
    this.#close = undefined;
  }

  #open(): void {
    this.#opening?.();
    this.#opening = undefined;
    this.#hangUp();
    const heard = this.#held.filter(({ isResting }) => !isResting);
    if (heard.length === 0 || this.#isPaused) return;
    const query = new URLSearchParams(
      heard.map(({ strand: { url, lastId } }) => ["s", lastId === "" ? url : `${lastId},${url}`]),
    );
    this.#close = this.#world.open(`/live/v1/streams?${query}`, {
      opened: () => {
        this.#failures = 0;
      },
      message: (data) => take(heard, data),
      ended: (data) => this.#rest(heard, data),
      failed: () => this.#lost(heard),
    });
  }

  #lost(heard: readonly Held[]): void {
    this.#hangUp();
    for (const { strand } of heard) strand.tell(this.#failures === 0 ? "connecting" : "lost");
    this.#openSoon(pauseAfter(this.#failures));
    this.#failures += 1;
  }

  /** One that was refused is asked for again later; the others go on meanwhile. */
  #rest(heard: readonly Held[], data: string): void {
    const held = heard[Number(data.split(" ")[0])];
    if (held === undefined || !this.#held.includes(held)) return;
    held.isResting = true;
    held.strand.tell(held.failures === 0 ? "connecting" : "lost");
    this.#world.after(pauseAfter(held.failures), () => {
      held.isResting = false;
      if (this.#held.includes(held)) this.#openSoon(TOGETHER_MS);
    });
    held.failures += 1;
  }
}

function pauseAfter(failures: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** failures);
}

/** `N ID KIND JSON`, or `N ID` for where a stream stands. */
function take(heard: readonly Held[], text: string): void {
  const [, index, id = "", kind, data = ""] = /^(\d+) (\S+)(?: (\S+) (.*))?$/s.exec(text) ?? [];
  const held = heard[Number(index)];
  if (held === undefined) return;
  held.failures = 0;
  held.strand.lastId = id;
  if (kind === undefined) held.strand.tell("live");
  else held.strand.take({ id, kind, data });
}
