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
  let time = clock.now();
  let id = "";
  for (let i = 0; i < TIME_CHARACTERS; i++) {
    id = ALPHABET.charAt(time % 32) + id;
    time = Math.floor(time / 32);
  }
  let chance = random.integer(2 ** 25);
  for (let i = 0; i < CHANCE_CHARACTERS; i++) {
    id += ALPHABET.charAt(chance % 32);
    chance = Math.floor(chance / 32);
  }
  return id;
}
