/**
 * Ids that sort by time: 9 characters of milliseconds, then chance, in Crockford's base 32 without I, L, O, U, so
 * that a person can read one out over the telephone. Example: `01JD3K5Q7M4WZ8`.
 */
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 9; // 45 bits of milliseconds: until the year 3084
const CHANCE_CHARACTERS = 5;

export function makeId(clock: Clock, random: Random): string {
  const codes = new Uint8Array(TIME_CHARACTERS + CHANCE_CHARACTERS);
  let time = clock.now();
  for (let i = TIME_CHARACTERS - 1; i >= 0; i--) {
    codes[i] = ALPHABET.charCodeAt(time % 32);
    time = Math.floor(time / 32);
  }
  let chance = random.integer(2 ** 25);
  for (let i = 0; i < CHANCE_CHARACTERS; i++) {
    codes[TIME_CHARACTERS + i] = ALPHABET.charCodeAt(chance % 32);
    chance = Math.floor(chance / 32);
  }
  // In one go: a string put together of pieces stays pieces, and ids live long.
  return String.fromCharCode(...codes);
}
