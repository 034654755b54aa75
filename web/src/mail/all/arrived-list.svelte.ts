/** The list of all mail: rows a page at a time, read anew when something arrives. */
import type { ArrivedMail, ArrivedPage } from "../../../../src/lab/api/all-mail-routes.ts";
import { get } from "$lib/api.ts";
import { showError } from "$lib/toasts.svelte.ts";
import { addedOnTop, RowCache } from "../list/row-cache.ts";
import type { ListDrawing } from "../list/message-list.svelte.ts";

const PAGE_ROWS = 50;
/** Limit: a lab under load tells of hundreds a second; the list is read so often at most. */
const TOGETHER_MS = 250;

export class ArrivedList {
  total = $state(0);
  ready = $state(false);
  problem = $state<string>();
  drawing: ListDrawing | undefined;
  readonly q: string;
  readonly #rows = new RowCache<ArrivedMail>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(q: string) {
    this.q = q;
    void this.#read();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly load = (from: number, count: number): readonly ArrivedMail[] | Promise<readonly ArrivedMail[]> =>
    this.#rows.slice(from, Math.min(from + count, this.total)) ?? this.#load(from, count);

  async #load(from: number, count: number): Promise<readonly ArrivedMail[]> {
    try {
      const { rows } = await this.#fetch(from, count);
      this.#rows.put(from, rows);
      return rows;
    } catch (error) {
      showError(error);
      throw error;
    }
  }

  readAnew(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#read();
    }, TOGETHER_MS);
  }

  async #read(): Promise<void> {
    try {
      const before = this.#rows.slice(0, Math.min(PAGE_ROWS, this.total)) ?? [];
      const { rows, total } = await this.#fetch(0, PAGE_ROWS);
      if (this.#closed) return;
      const added = addedOnTop(before, rows);
      this.#rows.clear();
      this.#rows.put(0, rows);
      this.total = total;
      this.ready = true;
      this.problem = undefined;
      if (added > 0) this.drawing?.rowsAddedOnTop(added);
      else this.drawing?.refresh();
    } catch (error) {
      if (!this.#closed) this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  #fetch(offset: number, limit: number): Promise<ArrivedPage> {
    const q = this.q === "" ? undefined : this.q;
    return get<ArrivedPage>("/lab/v1/arrived", { query: { q, offset, limit } });
  }
}
