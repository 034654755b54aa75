/**
 * What an administrator does with accounts, as questions and answers that can be sent as JSON: the same at the console of
 * a server that runs (cli/control carries it) and on a data folder at rest. A "no" is a sentence for a person. Passwords
 * go in and never come out, but for those made here, once. Rejects with the disk's Fault; then nothing was changed.
 */
import type { World } from "../../base/world.ts";
import { withAsciiDomain } from "../../base/domain-name.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { formatMailbox } from "../../message/address/address.ts";
import { parseMailbox } from "../../message/address/path.ts";
import { acceptedDomain } from "../../mta/reception/accepted-domains.ts";
import type { Ban, Misbehaviour } from "../../mta/reception/misbehaviour.ts";
import { deriveCredentialsSlowly } from "../../protocol/sasl/scram-credentials.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import type { AppPassword, MailStore, Secrets } from "../../store/mail-store.ts";
import { makeSecret, verifierOf } from "./app-password.ts";
import { createPasswordHashing } from "./argon2id.ts";
import type { AdministrationRequests } from "./administration-requests.ts";

type Answer<T> = Promise<Result<T, string>>;
type Asked<M extends keyof AdministrationRequests> = AdministrationRequests[M];

export type AccountView = {
  readonly name: string;
  readonly usedBytes: number;
  readonly usedMessages: number;
  /** Null: no bound. */
  readonly quotaBytes: number | null;
  readonly quotaMessages: number | null;
  readonly hasPassword: boolean;
  /** SCRAM logins work, too. */
  readonly hasScram: boolean;
  readonly appPasswords: readonly AppPasswordView[];
  /** The settings file names it. */
  readonly inSettings: boolean;
};

export type AppPasswordView = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number; // ms since 1970 UTC
  readonly lastUsedAt: number | null;
};

/** A password that was made here, for the one time it can be seen; null when the person brought their own. */
export type Made = { readonly account: string; readonly password: string | null };

export type Administration = {
  accounts(asked: Asked<"accounts">): Answer<readonly AccountView[]>;
  addAccount(asked: Asked<"addAccount">): Answer<Made>;
  setPassword(asked: Asked<"setPassword">): Answer<Made>;
  setQuota(asked: Asked<"setQuota">): Answer<AccountView>;
  removeAccount(asked: Asked<"removeAccount">): Answer<AccountView>;
  addAppPassword(asked: Asked<"addAppPassword">): Answer<Made & AppPasswordView>;
  removeAppPassword(asked: Asked<"removeAppPassword">): Answer<AppPasswordView>;
  bans(asked: Asked<"bans">): Answer<readonly Ban[]>;
  /** How many addresses were forgiven. */
  unban(asked: Asked<"unban">): Answer<readonly string[]>;
};

export type AdministrationParts = {
  readonly world: Pick<World, "clock" | "random">;
  readonly settings: HostSettings;
  readonly store: MailStore;
  /** Absent where no server runs: then nobody is banned. */
  readonly misbehaviour?: Misbehaviour | undefined;
};

/** For keys that lie on a disk: 25 times what RFC 7677 §4 asks for at least. */
const SCRAM_ITERATIONS = 100_000;
const SALT_BYTES = 16;
const ID_BYTES = 4;
/** Limit: app passwords of one account, all of which a login may be compared with. */
const APP_PASSWORDS_MAX = 100;

export function createAdministration(parts: AdministrationParts): Administration {
  const { settings, store, misbehaviour } = parts;
  const { clock, random } = parts.world;
  const hashing = createPasswordHashing();

  const unknown = (name: string): Result<never, string> => {
    return err(`there is no account ${name}; "posthorn account ls" shows those there are`);
  };

  function view(name: string): AccountView | undefined {
    const account = store.account(name);
    if (account === undefined) return undefined;
    const secrets = store.secrets(name) ?? {};
    return {
      name: account.name,
      usedBytes: account.usedBytes,
      usedMessages: account.usedMessages,
      quotaBytes: account.quotaBytes ?? null,
      quotaMessages: account.quotaMessages ?? null,
      hasPassword: secrets.argon2id !== undefined || secrets.scram !== undefined,
      hasScram: secrets.scram !== undefined,
      appPasswords: store.appPasswords(name).map(viewOf),
      inSettings: settingsName(settings, name) !== undefined,
    };
  }

  async function secretsOf(password: string, scram: boolean): Promise<Secrets> {
    const argon2id = await hashing.hash(password, random.bytes(SALT_BYTES));
    if (!scram) return { argon2id };
    return {
      argon2id,
      scram: await deriveCredentialsSlowly(password, random.bytes(SALT_BYTES), SCRAM_ITERATIONS),
    };
  }

  return {
    accounts: async ({ name }) => {
      if (name !== undefined && store.account(name) === undefined) return unknown(name);
      const names = name === undefined ? store.accounts().map((one) => one.name) : [name];
      return ok(names.toSorted().map((one) => view(one) as AccountView));
    },

    async addAccount({
      name,
      password = makeSecret(random),
      scram = true,
      quotaBytes,
      quotaMessages,
      ...asked
    }) {
      const refused = objection(settings, name);
      if (refused !== undefined) return err(refused);
      if (store.account(name) !== undefined) return err(`there is an account ${name} already`);
      await store.putAccount(name, { secrets: await secretsOf(password, scram), quotaBytes, quotaMessages });
      return ok({ account: name, password: asked.generate === true ? password : null });
    },

    async setPassword({ name, password = makeSecret(random), scram = true, generate }) {
      const account = store.account(name)?.name;
      if (account === undefined) return unknown(name);
      if (settings.accounts[settingsName(settings, name) ?? ""]?.password !== undefined)
        return err(`the settings file gives ${account} its password: change it there`);
      await store.putAccount(account, { secrets: await secretsOf(password, scram) });
      return ok({ account, password: generate === true ? password : null });
    },

    async setQuota({ name, quotaBytes, quotaMessages }) {
      const account = store.account(name)?.name;
      if (account === undefined) return unknown(name);
      if (
        quotaBytes !== undefined &&
        settings.accounts[settingsName(settings, name) ?? ""]?.quota !== undefined
      )
        return err(`the settings file gives ${account} its quota: change it there`);
      await store.putAccount(account, { quotaBytes, quotaMessages });
      return ok(view(account) as AccountView);
    },

    async removeAccount({ name }) {
      const before = view(name);
      if (before === undefined) return unknown(name);
      if (before.inSettings)
        return err(
          `the settings file names ${before.name}: take it out there first, or it would come back empty`,
        );
      await store.removeAccount(name);
      return ok(before);
    },

    async addAppPassword({ name, label }) {
      const account = store.account(name)?.name;
      if (account === undefined) return unknown(name);
      const known = store.appPasswords(account);
      if (known.some((one) => one.name === label))
        return err(`${account} has an app password "${label}" already: remove it, or choose another name`);
      if (known.length >= APP_PASSWORDS_MAX)
        return err(`${account} has ${known.length} app passwords, which is the most: remove one`);
      const password = makeSecret(random);
      const id = Buffer.from(random.bytes(ID_BYTES)).toString("hex");
      const made = { id, name: label, verifier: verifierOf(password), createdAt: clock.now() };
      await store.putAppPassword(account, { ...made, lastUsedAt: undefined });
      return ok({ account, password, ...viewOf({ ...made, lastUsedAt: undefined }) });
    },

    async removeAppPassword({ name, which }) {
      const account = store.account(name)?.name;
      if (account === undefined) return unknown(name);
      const found = store.appPasswords(account).find((one) => one.id === which || one.name === which);
      if (found === undefined) return err(`${account} has no app password "${which}"`);
      await store.removeAppPassword(account, found.id);
      return ok(viewOf(found));
    },

    bans: async () => ok(misbehaviour?.banned() ?? []),

    async unban({ address }) {
      const banned = (misbehaviour?.banned() ?? []).map((one) => one.address);
      if (address === undefined) {
        misbehaviour?.forgive();
        return ok(banned);
      }
      const wasKnown = misbehaviour?.forgive(address) === true;
      return wasKnown ? ok([address]) : err(`nothing is held against ${address}`);
    },
  };
}

function viewOf({ id, name, createdAt, lastUsedAt }: AppPassword): AppPasswordView {
  return { id, name, createdAt, lastUsedAt: lastUsedAt ?? null };
}

/** How the settings spell this account; undefined when they do not name it. */
function settingsName(settings: HostSettings, name: string): string | undefined {
  return Object.keys(settings.accounts).find((one) => one.toLowerCase() === name.toLowerCase());
}

/** Why mail for this name would never arrive here. */
function objection(settings: HostSettings, name: string): string | undefined {
  const parsed = parseMailbox(name);
  if (!parsed.ok) return `${name} is not an address: ${parsed.error.text}`;
  if (formatMailbox(parsed.value) !== withAsciiDomain(name))
    return `write the address as ${formatMailbox(parsed.value)}`;
  const kind = acceptedDomain(settings, parsed.value)?.domain.kind;
  if (kind === "local" || kind === "internal") return undefined;
  const domain = name.slice(name.lastIndexOf("@") + 1);
  return `no mail for ${domain} is taken here: add "${domain}: local" to "domains" of the settings first`;
}
