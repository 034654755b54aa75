/**
 * App passwords: made here, long and all chance, so that a plain digest of them is enough to keep and quick to check.
 * They open mailboxes and send mail; they never change an account. Pure but for the chance that is handed in.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Random } from "../../base/random.ts";
import type { AppPassword } from "../../store/mail-store.ts";

/** Without l, o, 0 and 1, which people mix up. Five bits each. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
/** 120 bits: nobody tries them all, so no slow hash is needed. */
const LETTERS = 24;

/** `abcd-efgh-…`: 24 letters and digits in groups of four. */
export function makeSecret(random: Random): string {
  const letters = Array.from(random.bytes(LETTERS), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}

export function verifierOf(secret: string): Uint8Array {
  return createHash("sha256")
    .update(`posthorn app password\0${plain(secret)}`)
    .digest();
}

/** The one that this secret is; people may leave out dashes, or write blanks. */
export function findAppPassword(secret: string, known: readonly AppPassword[]): AppPassword | undefined {
  if (known.length === 0 || plain(secret).length !== LETTERS) return undefined;
  const verifier = verifierOf(secret);
  return known.find(
    (one) => one.verifier.length === verifier.length && timingSafeEqual(one.verifier, verifier),
  );
}

function plain(secret: string): string {
  return secret.replace(/[-\s]/g, "").toLowerCase();
}
