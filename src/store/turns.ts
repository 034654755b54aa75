/**
 * Who may change an account now. Additions run side by side and share a sync; what must first look at the messages
 * (flags, expunge, copy, move) runs alone, on what everybody before it left. First come, first served.
 */

type Waiting = { readonly alone: boolean; readonly start: () => void };

export class Turns {
  #running = 0;
  #aloneRuns = false;
  readonly #waiting: Waiting[] = [];

  beside<T>(run: () => Promise<T>): Promise<T> {
    return this.#queue(false, run);
  }

  alone<T>(run: () => Promise<T>): Promise<T> {
    return this.#queue(true, run);
  }

  #queue<T>(alone: boolean, run: () => Promise<T>): Promise<T> {
    if (this.#waiting.length === 0 && this.#mayStart(alone)) return this.#run(alone, run);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ alone, start: () => void this.#run(alone, run).then(resolve, reject) });
    });
  }

  #mayStart(alone: boolean): boolean {
    return alone ? this.#running === 0 : !this.#aloneRuns;
  }

  async #run<T>(alone: boolean, run: () => Promise<T>): Promise<T> {
    this.#running++;
    this.#aloneRuns = alone;
    try {
      return await run();
    } finally {
      this.#running--;
      if (alone) this.#aloneRuns = false;
      this.#next();
    }
  }

  #next(): void {
    for (
      let first = this.#waiting[0];
      first !== undefined && this.#mayStart(first.alone);
      first = this.#waiting[0]
    ) {
      this.#waiting.shift();
      first.start();
    }
  }
}
