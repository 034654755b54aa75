/** Something fetched that a page shows: the last good value stays while it is fetched again. */
import { ApiError } from "$lib/api.ts";

export class Resource<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | undefined>(undefined);
  isLoading = $state(true);
  #asked = 0;
  readonly #fetch: () => Promise<T>;

  /** What `fetch` reads of state decides when it is fetched again. Only while a component is set up. */
  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
    $effect(() => {
      void this.reload();
    });
  }

  /** Resolves when it is there, or the reason why not. */
  async reload(): Promise<void> {
    const asked = (this.#asked += 1);
    const pending = this.#fetch();
    this.isLoading = true;
    try {
      const value = await pending;
      if (asked !== this.#asked) return;
      this.value = value;
      this.error = undefined;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.error = error instanceof ApiError ? error : new ApiError(String(error), 0);
    } finally {
      if (asked === this.#asked) this.isLoading = false;
    }
  }
}
