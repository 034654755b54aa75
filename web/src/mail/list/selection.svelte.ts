/** Which messages of the list are chosen: some of them by id, or all that the list holds. */
import { SvelteSet } from "svelte/reactivity";

/** Limit: ids that one request may name, as IDS_MAX of the API; beyond it one chooses the whole list. */
export const IDS_CHOSEN_MAX = 10_000;

export class Selection {
  readonly ids = new SvelteSet<string>();
  /** Everything in the list, also what was never loaded. */
  everything = $state(false);
  /** Where a range with Shift begins; -1 for nowhere. */
  anchor = -1;

  get isEmpty(): boolean {
    return !this.everything && this.ids.size === 0;
  }
  has(id: string): boolean {
    return this.everything || this.ids.has(id);
  }
  count(total: number): number {
    return this.everything ? total : this.ids.size;
  }

  toggle(id: string, index: number): void {
    this.#single();
    if (!this.ids.delete(id)) this.ids.add(id);
    this.anchor = index;
  }

  add(ids: readonly string[]): void {
    this.#single();
    for (const id of ids) if (this.ids.size < IDS_CHOSEN_MAX) this.ids.add(id);
  }

  forget(id: string): void {
    this.ids.delete(id);
  }

  clear(): void {
    this.everything = false;
    this.ids.clear();
    this.anchor = -1;
  }

  /** One cannot take single ones out of everything: choosing begins anew. */
  #single(): void {
    if (this.everything) this.clear();
  }
}
