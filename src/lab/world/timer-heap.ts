/** Timers in the order they are due, those of one instant in the order they were set. Pure; memory follows the live ones. */

export type HeapTimer = {
  readonly dueAt: number;
  readonly sequence: number;
  readonly run: () => void;
  isCancelled: boolean;
};

/** Limit: cancelled timers may take as much room as the live ones, but for these few. */
const DEAD_MIN = 64;

export class TimerHeap {
  #items: HeapTimer[] = [];
  #sequence = 0;
  #dead = 0;

  /** Live timers. */
  get size(): number {
    return this.#items.length - this.#dead;
  }

  add(dueAt: number, run: () => void): HeapTimer {
    const timer = { dueAt, sequence: this.#sequence++, run, isCancelled: false };
    this.#items.push(timer);
    this.#rise(this.#items.length - 1);
    return timer;
  }

  /** Of a timer that is still in the heap; twice is once. */
  cancel(timer: HeapTimer): void {
    if (timer.isCancelled) return;
    timer.isCancelled = true;
    this.#dead++;
    if (this.#dead > DEAD_MIN && this.#dead * 2 > this.#items.length) this.#compact();
  }

  /** The next one due, left where it is. */
  peek(): HeapTimer | undefined {
    while (this.#items[0]?.isCancelled === true) {
      this.#removeFirst();
      this.#dead--;
    }
    return this.#items[0];
  }

  pop(): HeapTimer | undefined {
    const first = this.peek();
    if (first === undefined) return undefined;
    this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return;
    this.#items[0] = last;
    this.#sink(0);
  }

  #compact(): void {
    // An ordered array is a heap.
    this.#items = this.#items
      .filter(({ isCancelled }) => !isCancelled)
      .sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#dead = 0;
  }

  #rise(from: number): void {
    const items = this.#items;
    const timer = items[from] as HeapTimer;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, items[parent] as HeapTimer)) break;
      items[at] = items[parent] as HeapTimer;
      at = parent;
    }
    items[at] = timer;
  }

  #sink(from: number): void {
    const items = this.#items;
    const timer = items[from] as HeapTimer;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && isBefore(items[child + 1] as HeapTimer, items[child] as HeapTimer))
        child++;
      if (!isBefore(items[child] as HeapTimer, timer)) break;
      items[at] = items[child] as HeapTimer;
      at = child;
    }
    items[at] = timer;
  }
}

function isBefore(a: HeapTimer, b: HeapTimer): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence);
}
