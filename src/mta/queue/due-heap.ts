/** A heap of times: the earliest first, and those of one time in the order they came, so that a run repeats itself. */

type Node<T> = { readonly at: number; readonly order: number; readonly item: T };

export type DueHeap<T> = {
  push(at: number, item: T): void;
  peek(): { readonly at: number; readonly item: T } | undefined;
  pop(): { readonly at: number; readonly item: T } | undefined;
  readonly size: number;
};

export function createDueHeap<T>(): DueHeap<T> {
  const nodes: Node<T>[] = [];
  let order = 0;
  const isBefore = (a: Node<T>, b: Node<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

  function sink(node: Node<T>): void {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= nodes.length) break;
      if (child + 1 < nodes.length && isBefore(nodes[child + 1] as Node<T>, nodes[child] as Node<T>)) child++;
      if (!isBefore(nodes[child] as Node<T>, node)) break;
      nodes[hole] = nodes[child] as Node<T>;
      hole = child;
    }
    nodes[hole] = node;
  }

  return {
    push(at, item) {
      const node = { at, order: order++, item };
      let hole = nodes.length;
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        if (!isBefore(node, nodes[parent] as Node<T>)) break;
        nodes[hole] = nodes[parent] as Node<T>;
        hole = parent;
      }
      nodes[hole] = node;
    },
    peek: () => nodes[0],
    pop() {
      const top = nodes[0];
      const last = nodes.pop();
      if (nodes.length > 0 && last !== undefined) sink(last);
      return top;
    },
    get size() {
      return nodes.length;
    },
  };
}
