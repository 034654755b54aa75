/** Who may go where, how many at a time: a bound for each destination, and a line in front of it. */

export type Destinations = {
  /** Resolves when there is room at `key`. Each must be given back with `leave`. */
  enter(key: string): Promise<void> | undefined;
  leave(key: string): void;
};

export function createDestinations(perDestinationMax: number): Destinations {
  const places = new Map<string, { taken: number; readonly line: (() => void)[] }>();
  return {
    enter(key) {
      const place = places.get(key);
      if (place === undefined) {
        places.set(key, { taken: 1, line: [] });
        return undefined;
      }
      if (place.taken < perDestinationMax) {
        place.taken++;
        return undefined;
      }
      return new Promise((resolve) => place.line.push(resolve));
    },
    leave(key) {
      const place = places.get(key);
      if (place === undefined) return;
      const next = place.line.shift();
      if (next !== undefined) next();
      else if (--place.taken === 0) places.delete(key);
    },
  };
}
