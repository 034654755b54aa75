/**
 * One list of messages or conversations, however long: knows the rows that were asked for, asks for others a page at a
 * time, and follows the news. What goes wrong with a search is kept with its place in the text.
 */
import type { MailNews, MessageListView, MessageRowView } from "../../../../src/server/http/mail/views.ts";
import { ApiError } from "$lib/api.ts";
import { showError } from "$lib/toasts.svelte.ts";
import { pagesOf } from "$lib/virtual-window.ts";
import { get } from "../mail-api.ts";
import { timeZone } from "../time-zone.ts";
import { addedOnTop, RowCache } from "./row-cache.ts";
import { withFlags } from "./row-flags.ts";

export type ListAsk = {
  readonly mailbox: number | undefined;
  readonly q: string | undefined;
  readonly threads: boolean;
};

/** What draws the list; told when rows changed. */
export type ListDrawing = {
  refresh(): void;
  rowsAddedOnTop(added: number): void;
  drawn(): { readonly from: number; readonly to: number };
};

const PAGE_ROWS = 50;
/** Limit: pages asked for at once; a view holds three at most, a choice of many may span all. */
const ASKED_TOGETHER = 3;
/** Limit: news closer together are read once. */
const TOGETHER_MS = 60;

export class MessageList {
  total = $state(0);
  state = $state<"loading" | "ready" | "failed">("loading");
  problem = $state.raw<ApiError | undefined>(undefined);
  drawing: ListDrawing | undefined;
  /** Rises with each change of a row: what is reckoned from rows reads it. */
  version = $state(0);
  readonly ask: ListAsk;
  readonly #rows = new RowCache<MessageRowView>();
  readonly #asked = new Map<number, Promise<void>>();
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop = new AbortController();

  constructor(ask: ListAsk) {
    this.ask = ask;
    void this.start();
  }

  async start(): Promise<void> {
    this.state = "loading";
    this.problem = undefined;
    try {
      await this.#page(0);
      this.state = "ready";
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.problem = error instanceof ApiError ? error : new ApiError(String(error), 0);
      this.state = "failed";
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.drawing = undefined;
  }

  rowAt(index: number): MessageRowView | undefined {
    return this.#rows.at(index);
  }
  indexOf(id: string): number {
    return this.#rows.indexOf(id);
  }
  indexOfThread(threadId: number): number {
    return this.#rows.find((row) => row.threadId === threadId);
  }

  /** For the virtual list. Known rows come at once. */
  readonly load = (
    from: number,
    count: number,
  ): readonly MessageRowView[] | Promise<readonly MessageRowView[]> =>
    this.#rows.slice(from, Math.min(from + count, this.total)) ?? this.#load(from, count);

  async #load(from: number, count: number): Promise<readonly MessageRowView[]> {
    const to = Math.min(from + count, this.total);
    try {
      const pages = pagesOf(from, to, PAGE_ROWS);
      for (let at = 0; at < pages.length; at += ASKED_TOGETHER)
        await Promise.all(pages.slice(at, at + ASKED_TOGETHER).map((page) => this.#page(page)));
    } catch (error) {
      if (!this.#stop.signal.aborted) showError(error);
      throw error;
    }
    const rows = this.#rows.slice(from, Math.min(from + count, this.total));
    if (rows === undefined) throw new Error("the list changed meanwhile");
    return rows;
  }

  /** Where a message stands, also far from what is known; -1 when it is not in the list. */
  async find(id: string): Promise<number> {
    const known = this.indexOf(id);
    if (known >= 0) return known;
    const { index } = await get<{ index: number | null }>("/messages/position", {
      query: { ...this.#query(), id },
      signal: this.#stop.signal,
    });
    return index ?? -1;
  }

  /** Changes rows at once; the news that follow bring the same. */
  change(change: (row: MessageRowView) => MessageRowView): void {
    if (this.#rows.map(change)) this.#redraw();
  }

  /** Takes rows out at once. */
  remove(goes: (row: MessageRowView) => boolean): void {
    const removed = this.#rows.remove(goes);
    if (removed === 0) return;
    // Answers that are under way count rows as they stood.
    this.#forgetAsked();
    this.total -= removed;
    this.#redraw();
  }

  /** Everything may be another: a bulk change, or its undoing. */
  readAnew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#readAnew().catch(showUnlessGone(this.#stop.signal)), TOGETHER_MS);
  }

  readonly take = (news: MailNews): void => {
    const flags = new Map(news.flags.map(({ id, flags: now }) => [id, now]));
    if (flags.size > 0)
      this.change((row) => {
        const now = flags.get(row.id);
        return now === undefined ? row : withFlags(row, now);
      });
    const concerns =
      this.ask.mailbox === undefined
        ? news.added.length + news.removed.length + news.flags.length > 0
        : news.mailboxes.some(({ id }) => id === this.ask.mailbox) &&
          (news.added.length + news.removed.length > 0 || this.ask.threads);
    if (concerns || news.tooMany) this.readAnew();
  };

  async #readAnew(): Promise<void> {
    if (this.state === "failed") return this.start();
    const before = this.#rows.slice(0, Math.min(PAGE_ROWS, this.total)) ?? [];
    const { from, to } = this.drawing?.drawn() ?? { from: 0, to: 0 };
    this.#forgetAsked();
    const top = await this.#fetch(0);
    const added = addedOnTop(before, top.rows);
    const fresh = new Map([[0, top.rows]]);
    for (let page = Math.floor((from + added) / PAGE_ROWS); page * PAGE_ROWS < to + added; page++)
      if (page > 0 && page * PAGE_ROWS < top.total) fresh.set(page, (await this.#fetch(page)).rows);
    this.#rows.clear();
    this.#forgetAsked();
    for (const [page, rows] of fresh) this.#rows.put(page * PAGE_ROWS, rows);
    this.total = top.total;
    this.version += 1;
    if (added > 0) this.drawing?.rowsAddedOnTop(added);
    else this.drawing?.refresh();
  }

  #redraw(): void {
    this.version += 1;
    this.drawing?.refresh();
  }

  #forgetAsked(): void {
    this.#generation += 1;
    this.#asked.clear();
  }

  #page(page: number): Promise<void> {
    const asked = this.#asked.get(page);
    if (asked !== undefined) return asked;
    const mine = this.#generation;
    const answer = this.#fetch(page).then(
      ({ rows, total }) => {
        this.#asked.delete(page);
        if (mine !== this.#generation) return;
        this.#rows.put(page * PAGE_ROWS, rows);
        this.total = total;
        this.version += 1;
      },
      (error: unknown) => {
        this.#asked.delete(page);
        throw error;
      },
    );
    this.#asked.set(page, answer);
    return answer;
  }

  #fetch(page: number): Promise<MessageListView> {
    const query = { ...this.#query(), offset: page * PAGE_ROWS, limit: PAGE_ROWS };
    return get<MessageListView>("/messages", { query, signal: this.#stop.signal });
  }

  #query(): Record<string, string | number | undefined> {
    const { mailbox, q, threads } = this.ask;
    return { mailbox, q, zone: q === undefined ? undefined : timeZone(), threads: String(threads) };
  }
}

function showUnlessGone(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) showError(error);
  };
}
