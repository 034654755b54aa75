/**
 * Passwords that were right a moment ago, so that a program that polls does not cost a slow hash each time. Only a keyed
 * digest is kept, in memory, for a few minutes; it names the secret it was checked against, so a change ends it.
 */
import { createHmac } from "node:crypto";
import type { Clock } from "../../base/clock.ts";

/** How long a right password is taken at its word: the usual time between two polls, and one more. */
const KEPT_MS = 10 * 60_000;
/** Limit: logins remembered, some 150 octets each. */
const LOGINS_MAX = 10_000;

export type VerifiedLogins = {
  has(account: string, password: string, secret: string): boolean;
  add(account: string, password: string, secret: string): void;
};

/** `key`: 32 octets of chance; asked for once, at the first login. */
export function createVerifiedLogins(clock: Clock, key: () => Uint8Array): VerifiedLogins {
  const untilOf = new Map<string, number>();
  let secretKey: Uint8Array | undefined;
  const digest = (account: string, password: string, secret: string): string => {
    secretKey ??= key();
    return createHmac("sha256", secretKey).update(`${account}\0${secret}\0${password}`).digest("base64");
  };
  return {
    has(account, password, secret) {
      if (untilOf.size === 0) return false;
      const id = digest(account, password, secret);
      const until = untilOf.get(id) ?? 0;
      if (until <= clock.now()) untilOf.delete(id);
      return until > clock.now();
    },
    add(account, password, secret) {
      untilOf.set(digest(account, password, secret), clock.now() + KEPT_MS);
      if (untilOf.size > LOGINS_MAX) untilOf.delete(untilOf.keys().next().value ?? "");
    },
  };
}
