/**
 * How often somebody may guess, over all doors. An address that errs is slowed and then banned (the host's
 * misbehaviour, one count for SMTP, IMAP and POP3). An account that is guessed at from everywhere is only slowed, and
 * not for addresses that it logged in from before: nobody can lock its owner out.
 */
import { type Clock, sleep } from "../../base/clock.ts";
import { createMisbehaviour, type Misbehaviour } from "../../mta/reception/misbehaviour.ts";
import type { LoginClient } from "../../mta/reception/reception.ts";

/** Wrong passwords of one account, from wherever, before the next one waits. */
const ACCOUNT_SLOW_AFTER = 10;
/** Limit: addresses an account is known to log in from, and accounts for which they are kept. */
const ADDRESSES_MAX = 20;
const ACCOUNTS_MAX = 10_000;

export type LoginLimits = {
  /** Waits as long as this address, and this account, have to. */
  wait(client: LoginClient, account: string): Promise<void>;
  failed(client: LoginClient, account: string): void;
  succeeded(client: LoginClient, account: string): void;
};

export function createLoginLimits(clock: Clock, addresses: Misbehaviour): LoginLimits {
  const accounts = createMisbehaviour(clock, () => {
    return { slowAfter: ACCOUNT_SLOW_AFTER, banAfter: Infinity, banFor: 0 };
  });
  const knownAddresses = new Map<string, Set<string>>();

  return {
    async wait({ remote, door }, account) {
      const isKnown = knownAddresses.get(account)?.has(remote.address) === true;
      // SMTP holds its replies back by itself.
      const addressMs = door === "smtp" ? 0 : addresses.delayMs(remote.address);
      const waitMs = Math.max(addressMs, isKnown ? 0 : accounts.delayMs(account));
      if (waitMs > 0) await sleep(clock, waitMs);
    },
    failed({ remote, door }, account) {
      // SMTP counts its own errors, of which this is one.
      if (door !== "smtp") addresses.erred(remote.address);
      accounts.erred(account);
    },
    succeeded({ remote }, account) {
      const known = knownAddresses.get(account) ?? new Set();
      knownAddresses.delete(account);
      knownAddresses.set(account, known);
      known.delete(remote.address);
      known.add(remote.address);
      if (known.size > ADDRESSES_MAX) known.delete(known.values().next().value ?? "");
      if (knownAddresses.size > ACCOUNTS_MAX) knownAddresses.delete(knownAddresses.keys().next().value ?? "");
    },
  };
}
