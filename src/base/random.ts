/**
 * Chance as the house sees it: a stream of numbers handed in with the world, so that a run can be had again from its
 * seed. The seeded stream is xoshiro128** (Blackman and Vigna); it is never used for secrets of a real server.
 */

export type Random = {
  bytes(length: number): Uint8Array;
  /** A whole number from 0 up to, and without, `below`. */
  integer(below: number): number;
  /** A number from 0 up to, and without, 1. */
  fraction(): number;
};

export function seededRandom(seed: number): Random {
  const state = splitSeed(seed);
  const next = (): number => {
    const [s0, s1, s2, s3] = state as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    const a2 = s2 ^ s0;
    const a3 = s3 ^ s1;
    state[1] = s1 ^ a2;
    state[0] = s0 ^ a3;
    state[2] = a2 ^ t;
    state[3] = rotateLeft(a3, 11);
    return result;
  };
  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i++) bytes[i] = next() >>> 24;
      return bytes;
    },
    integer: (below) => Math.floor((next() / 2 ** 32) * below),
    fraction: () => next() / 2 ** 32,
  };
}

/** Fisher and Yates: every order equally likely. Returns a new array. */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** SplitMix32: spreads one number over a state that is never all zero. */
function splitSeed(seed: number): number[] {
  let x = seed | 0;
  return Array.from({ length: 4 }, () => {
    x = (x + 0x9e3779b9) | 0;
    let z = x;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  });
}
