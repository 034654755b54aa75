/** What a server keeps of a password (RFC 5802 §3): keys that prove it and cannot be turned back into it. */
import { timingSafeEqual } from "node:crypto";
import { scramKeys, scramKeysSlowly } from "./scram.ts";

export type ScramCredentials = {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
};

export function deriveCredentials(password: string, salt: Uint8Array, iterations: number): ScramCredentials {
  const { storedKey, serverKey } = scramKeys(password, salt, iterations);
  return { salt, iterations, storedKey, serverKey };
}

/** The same on another thread. */
export async function deriveCredentialsSlowly(
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<ScramCredentials> {
  const { storedKey, serverKey } = await scramKeysSlowly(password, salt, iterations);
  return { salt, iterations, storedKey, serverKey };
}

/** Whether this is the password, for PLAIN and LOGIN. Takes the same time whatever the answer. */
export function passwordMatches(password: string, credentials: ScramCredentials): boolean {
  const { storedKey } = scramKeys(password, credentials.salt, credentials.iterations);
  return timingSafeEqual(storedKey, credentials.storedKey);
}
