import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../src/base/random.ts";
import { createMemoryMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import { createJournal } from "../../src/journal/journal.ts";
import { createMisbehaviour } from "../../src/mta/reception/misbehaviour.ts";
import type { LoginClient } from "../../src/mta/reception/reception.ts";
import type { Made } from "../../src/server/accounts/administration.ts";
import { consoleOver, createConsole } from "../../src/server/accounts/console.ts";
import { findAppPassword, makeSecret, verifierOf } from "../../src/server/accounts/app-password.ts";
import { createPasswordHashing } from "../../src/server/accounts/argon2id.ts";
import { createAuthenticator } from "../../src/server/accounts/authenticator.ts";
import { hostSettingsSchema } from "../../src/settings/check-settings.ts";
import { createMemoryWorld, settle } from "./memory-world.ts";

const ANN = "ann@arch.test";
const PASSWORD = "correct horse";

// oxlint-disable-next-line typescript/explicit-function-return-type -- a world of its own shape
async function house(accounts: object = {}) {
  const world = createMemoryWorld();
  const journal = createJournal(world.clock);
  const recorder = journal.recorder("arch");
  const store = createMemoryMailStore(() => world.clock.now());
  await store.open();
  const domains = { "arch.test": "local", "far.test": "relay" };
  const settings = hostSettingsSchema.parse({ hostname: "mail.arch.test", domains, accounts });
  const misbehaviour = createMisbehaviour(world.clock, () => settings.policies.misbehaviour);
  const administration = consoleOver(createConsole({ world, settings, store, misbehaviour }));
  const authenticator = createAuthenticator({ world, store, recorder, misbehaviour });
  const login = (password: string, name = ANN, from = "192.0.2.1"): Promise<string | undefined> =>
    authenticator.verifyPassword(clientAt(from), name, password);
  const reasons = (): string[] =>
    journal.read().flatMap((event) => (event.kind === "policy" ? [event.reason.rule] : []));
  return { world, journal, store, misbehaviour, administration, authenticator, login, reasons };
}

function clientAt(address: string): LoginClient {
  return { connection: "c", remote: { address, port: 40_000 }, cause: undefined, door: "imap" };
}

describe("argon2id", () => {
  const { hash, fits } = createPasswordHashing();

  it("agrees with the reference implementation's own vectors", async () => {
    const vector = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert.equal(await fits("password", vector), true);
    assert.equal(await fits("Password", vector), false);
  });

  it("makes another string for each salt, and knows its own", async () => {
    const one = await hash(PASSWORD, Buffer.alloc(16, 1));
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(one, await hash(PASSWORD, Buffer.alloc(16, 2)));
    assert.equal(await fits(PASSWORD, one), true);
    assert.equal(
      await fits("ﬁne", await hash("fine", Buffer.alloc(16))),
      true,
      "NFKC: a ligature is its letters",
    );
  });

  it("says no to strings that are something else, or want the whole machine", async () => {
    for (const phc of ["", "secret", "$argon2i$v=19$m=64,t=1,p=1$YWFhYWFhYWE$YWFhYWFhYWFhYWFhYWFhYQ"])
      assert.equal(await fits("secret", phc), false, phc);
    const greedy = `$argon2id$v=19$m=99999999,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;
    assert.equal(await fits("secret", greedy), false);
  });

  it("answers many at once, and refuses when too many wait", async () => {
    const many = await Promise.allSettled(
      Array.from({ length: 110 }, () =>
        fits("x", `$argon2id$v=19$m=8,t=1,p=1$${"A".repeat(22)}$${"A".repeat(43)}`),
      ),
    );
    const refused = many.filter(({ status }) => status === "rejected");
    assert.equal(refused.length, 8, "two at work, a hundred waiting");
    assert.equal(await fits("password", "not one"), false, "and goes on afterwards");
  });
});

describe("an app password", () => {
  it("is found however it is typed, and no other is", () => {
    const secret = makeSecret(seededRandom(7));
    assert.match(secret, /^([a-km-np-z2-9]{4}-){5}[a-km-np-z2-9]{4}$/);
    const phone = {
      id: "1",
      name: "phone",
      verifier: verifierOf(secret),
      createdAt: 0,
      lastUsedAt: undefined,
    };
    const other = { ...phone, id: "2", verifier: verifierOf(makeSecret(seededRandom(8))) };
    for (const typed of [
      secret,
      secret.replaceAll("-", ""),
      secret.toUpperCase(),
      secret.replaceAll("-", " "),
    ])
      assert.equal(findAppPassword(typed, [other, phone]), phone, typed);
    for (const wrong of ["", secret.slice(1), `${secret}a`, makeSecret(seededRandom(9))])
      assert.equal(findAppPassword(wrong, [other, phone]), undefined, wrong);
  });

  it("opens the account until it is removed, and its use is noted", async () => {
    const { world, administration, login, store, reasons } = await house();
    await administration.addAccount({ name: ANN, password: PASSWORD });
    const made = await administration.addAppPassword({ name: ANN, label: "phone" });
    const { password, id } = (made as { value: Made & { id: string } }).value;
    assert.equal(await login(password ?? ""), ANN);
    assert.deepEqual(reasons(), ['app password "phone"']);
    await settle();
    assert.deepEqual(
      store.appPasswords(ANN).map(({ lastUsedAt }) => lastUsedAt),
      [world.clock.now()],
    );
    assert.equal(
      (await administration.addAppPassword({ name: ANN, label: "phone" })).ok,
      false,
      "one of a name",
    );
    assert.equal((await administration.removeAppPassword({ name: ANN, which: id })).ok, true);
    assert.equal(await login(password ?? ""), undefined);
    assert.equal(await login(PASSWORD), ANN);
  });
});

describe("administration", () => {
  it("makes accounts that log in, changes their passwords and bounds, and removes them", async () => {
    const { administration, login } = await house();
    const made = await administration.addAccount({ name: ANN, generate: true, quotaBytes: 1_000 });
    const { password } = (made as { value: Made }).value;
    assert.equal(
      await login(password ?? "", "Ann@Arch.test"),
      ANN,
      "names are told apart by letters, not case",
    );
    assert.equal((await administration.setPassword({ name: ANN, password: "another one" })).ok, true);
    assert.equal(
      await login(password ?? ""),
      undefined,
      "the old one ends at once, though it was right just now",
    );
    assert.equal(await login("another one"), ANN);
    await administration.setQuota({ name: ANN, quotaBytes: null, quotaMessages: 5 });
    const listed = await administration.accounts({});
    const [view] = listed.ok ? listed.value : [];
    assert.deepEqual([view?.quotaBytes, view?.quotaMessages], [null, 5]);
    assert.equal((await administration.removeAccount({ name: ANN })).ok, true);
    assert.equal(await login("another one"), undefined);
    assert.deepEqual(await administration.accounts({}), { ok: true, value: [] });
  });

  it("says no with a sentence", async () => {
    const { administration, store } = await house({
      "bob@arch.test": { password: "in-the-file", quota: "1MB" },
    });
    await store.putAccount("bob@arch.test");
    await administration.addAccount({ name: ANN, password: PASSWORD });
    const refusals: [Promise<object>, RegExp][] = [
      [administration.addAccount({ name: ANN, password: PASSWORD }), /already/],
      [
        administration.addAccount({ name: "x@elsewhere.test", password: PASSWORD }),
        /"elsewhere.test: local"/,
      ],
      [administration.addAccount({ name: "x@far.test", password: PASSWORD }), /no mail for far.test/],
      [administration.addAccount({ name: "no address", password: PASSWORD }), /is not an address/],
      [administration.addAccount({ name: "x@arch.test", password: "short" }), /8 characters/],
      [administration.setPassword({ name: "nobody@arch.test", password: PASSWORD }), /there is no account/],
      [administration.setPassword({ name: "bob@arch.test", password: PASSWORD }), /settings file/],
      [administration.setQuota({ name: "bob@arch.test", quotaBytes: 5 }), /settings file/],
      [administration.removeAccount({ name: "bob@arch.test" }), /come back empty/],
      [administration.removeAppPassword({ name: ANN, which: "tablet" }), /no app password "tablet"/],
      [administration.unban({ address: "192.0.2.9" }), /nothing is held against/],
    ];
    for (const [answer, why] of refusals) {
      const { ok, error } = (await answer) as { ok: boolean; error?: string };
      assert.equal(ok, false, String(why));
      assert.match(error ?? "", why);
    }
  });

  it("keeps no SCRAM keys when told so", async () => {
    const { administration, store, authenticator, login } = await house();
    await administration.addAccount({ name: ANN, password: PASSWORD, scram: false });
    assert.equal(store.secrets(ANN)?.scram, undefined);
    assert.equal(await login(PASSWORD), ANN);
    const before = await authenticator.scram(ANN);
    assert.deepEqual(await authenticator.scram(ANN), before, "looks like an account, and the same each time");
    await administration.setPassword({ name: ANN, password: PASSWORD });
    assert.equal((await authenticator.scram(ANN)).iterations, 100_000);
    assert.equal(
      (await authenticator.scram("nobody@arch.test")).iterations,
      100_000,
      "unknown names look alike",
    );
  });
});

describe("guessing", () => {
  it("slows an address, then bans it, and unban lets it in", async () => {
    const { world, administration, login, misbehaviour } = await house();
    await administration.addAccount({ name: ANN, password: PASSWORD });
    for (let guess = 0; guess < 5; guess++) assert.equal(await login(`wrong ${guess}`), undefined);
    let answered = false;
    const slow = Promise.all([login("wrong"), login("wrong")])
      .then(() => login("wrong"))
      .then(() => (answered = true));
    await world.clock.advance(999);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(answered, false, "the sixth and later ones wait");
    // Hashing takes real time: the last of them begins to wait some time after the others have been answered.
    while (!answered) {
      await world.clock.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await slow;
    for (let error = 0; error < 30; error++) misbehaviour.erred("192.0.2.1");
    assert.notEqual(misbehaviour.bannedUntil("192.0.2.1"), undefined);
    assert.deepEqual(await administration.unban({ address: "192.0.2.1" }), {
      ok: true,
      value: ["192.0.2.1"],
    });
    assert.equal(misbehaviour.bannedUntil("192.0.2.1"), undefined);
    assert.equal(await login(PASSWORD), ANN);
  });

  it("from everywhere slows strangers, and never the owner's own address", async () => {
    const { world, administration, login } = await house();
    await administration.addAccount({ name: ANN, password: PASSWORD });
    assert.equal(await login(PASSWORD, ANN, "198.51.100.1"), ANN);
    for (let guess = 0; guess < 11; guess++) await login("wrong", ANN, `203.0.113.${guess}`);
    assert.equal(await login(PASSWORD, ANN, "198.51.100.1"), ANN, "at once: no clock was moved");
    let answered = false;
    const stranger = login(PASSWORD, ANN, "203.0.113.99").then((name) => ((answered = true), name));
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(answered, false);
    await world.clock.advance(10_000);
    assert.equal(await stranger, ANN, "slowed, not locked");
  });

  it("by SCRAM counts as well", async () => {
    const { authenticator, misbehaviour, reasons } = await house();
    for (let guess = 0; guess < 3; guess++) await authenticator.proved(clientAt("192.0.2.5"), ANN, false);
    assert.deepEqual(reasons(), Array(3).fill("no such account"));
    for (let error = 0; error < 27; error++) misbehaviour.erred("192.0.2.5");
    assert.notEqual(misbehaviour.bannedUntil("192.0.2.5"), undefined, "3 + 27");
  });
});
