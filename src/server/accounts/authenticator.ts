/**
 * Who somebody is, for every door: checks passwords and app passwords, hands out SCRAM's material, and keeps the bounds
 * on guessing. Every login, good or bad, is in the journal with its reason; no secret ever is. An account that does not
 * exist looks like one whose password was wrong, and takes as long.
 */
import { createHash, createHmac } from "node:crypto";
import { isFault } from "../../base/fault.ts";
import type { Reason } from "../../base/reason.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Misbehaviour } from "../../mta/reception/misbehaviour.ts";
import type { Authenticator, Identified, LoginClient } from "../../mta/reception/reception.ts";
import { passwordMatches } from "../../protocol/sasl/scram-credentials.ts";
import type { AppPassword, Credentials, MailStore } from "../../store/mail-store.ts";
import { findAppPassword } from "./app-password.ts";
import { createPasswordHashing } from "./argon2id.ts";
import { createLoginLimits } from "./login-limits.ts";
import { createVerifiedLogins } from "./verified-logins.ts";

export type AuthenticatorParts = {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: MailStore;
  readonly recorder: Recorder;
  /** Of client addresses, shared with whoever else counts their errors. */
  readonly misbehaviour: Misbehaviour;
};

type Outcome = { readonly right: boolean; readonly reason: Reason; readonly by?: Identified["by"] };

const WRONG: Outcome = { right: false, reason: { rule: "wrong password", rfc: "RFC 4954 §6" } };
const NOBODY: Outcome = { right: false, reason: { rule: "no such account", rfc: "RFC 4954 §6" } };
/** Fits no password: what unknown names are checked against. */
const NOBODYS_HASH = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;
/** Limit: RFC 7677 §4; what an unknown account is said to have when no account has SCRAM keys. */
const SCRAM_ITERATIONS_LEAST = 4_096;
const KEY_BYTES = 32;
/** How exactly the last use of an app password is known. */
const LAST_USE_MS = 3_600_000;

export function createAuthenticator({
  world,
  store,
  recorder,
  misbehaviour,
}: AuthenticatorParts): Authenticator {
  const { clock, random } = world;
  const hashing = createPasswordHashing();
  const verified = createVerifiedLogins(clock, () => random.bytes(KEY_BYTES));
  const limits = createLoginLimits(clock, misbehaviour);

  /** Writes the outcome down; the account's own spelling of its name when it is right. */
  function settle(client: LoginClient, username: string, { right, reason }: Outcome): string | undefined {
    const account = store.account(username)?.name;
    const name = account ?? username;
    if (right) limits.succeeded(client, name);
    else limits.failed(client, name);
    const verdict = right ? "accept" : "reject";
    recorder.record(
      { kind: "policy", check: "login", verdict, subject: username, reason },
      client.connection,
      client.cause,
    );
    return right ? account : undefined;
  }

  async function check(account: string, password: string): Promise<Outcome> {
    const app = findAppPassword(password, store.appPasswords(account));
    if (app !== undefined) {
      used(account, app);
      return { right: true, reason: { rule: `app password "${app.name}"` }, by: "appPassword" };
    }
    const { argon2id, scram } = store.secrets(account) ?? {};
    const right =
      argon2id === undefined
        ? scram !== undefined && passwordMatches(password, scram)
        : await fits(account, password, argon2id);
    if (!right) return WRONG;
    return { right, reason: { rule: "password matches", setting: `accounts.${account}` } };
  }

  async function fits(account: string, password: string, argon2id: string): Promise<boolean> {
    if (verified.has(account, password, argon2id)) return true;
    const right = await hashing.fits(password, argon2id);
    if (right) verified.add(account, password, argon2id);
    return right;
  }

  /** Takes as long as a wrong password would. */
  async function checkNobody(password: string): Promise<Outcome> {
    const isSlow = store.accounts().some(({ name }) => store.secrets(name)?.argon2id !== undefined);
    if (isSlow) await hashing.fits(password, NOBODYS_HASH);
    else passwordMatches(password, madeUp("", SCRAM_ITERATIONS_LEAST));
    return NOBODY;
  }

  /** Noted in the background: a disk that is full is no reason to refuse a login. */
  function used(account: string, app: AppPassword): void {
    const now = clock.now();
    if (now - (app.lastUsedAt ?? -Infinity) < LAST_USE_MS) return;
    store.putAppPassword(account, { ...app, lastUsedAt: now }).catch((error: unknown) => {
      const detail = isFault(error) ? error.message : String(error);
      recorder.record({ kind: "warning", what: "last use not noted", detail, rfc: undefined }, undefined);
    });
  }

  async function identify(
    client: LoginClient,
    username: string,
    password: string,
  ): Promise<Identified | undefined> {
    const known = store.account(username)?.name;
    await limits.wait(client, known ?? username);
    const outcome = known === undefined ? await checkNobody(password) : await check(known, password);
    const account = settle(client, username, outcome);
    return account === undefined ? undefined : { account, by: outcome.by ?? "password" };
  }

  return {
    identify,
    verifyPassword: async (client, username, password) =>
      (await identify(client, username, password))?.account,
    async scram(username) {
      const known = store.secrets(username)?.scram;
      if (known !== undefined) return known;
      const example =
        store.accounts().find(({ name }) => store.secrets(name)?.scram !== undefined)?.name ?? "";
      return madeUp(username, store.secrets(example)?.scram?.iterations ?? SCRAM_ITERATIONS_LEAST);
    },
    async proved(client, username, right) {
      const account = store.account(username)?.name;
      await limits.wait(client, account ?? username);
      if (!right) return settle(client, username, account === undefined ? NOBODY : WRONG);
      return settle(client, username, { right, reason: { rule: "password proved", rfc: "RFC 5802" } });
    },
  };
}

/** Looks like an account, always the same for one name, and no password fits it: so nobody learns who has one. */
function madeUp(username: string, iterations: number): Credentials {
  const salt = createHmac("sha256", "nobody").update(username).digest().subarray(0, 16);
  const key = createHash("sha256").update(salt).digest();
  return { salt, iterations, storedKey: key, serverKey: key };
}
