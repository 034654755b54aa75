import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { isFault } from "../base/fault.ts";
import { openSqliteMailStore } from "../engine/sqlite/sqlite-mail-store.ts";
import type { DeliverRequest, MailStore } from "./mail-store.ts";
import { createMemoryMailStore } from "./memory-mail-store.ts";

function delivery(n: number, more: Partial<DeliverRequest> = {}): DeliverRequest {
  return {
    account: "ann@arch.test",
    mailbox: "INBOX",
    content: Buffer.from(`Subject: ${n}\r\n\r\nbody\0\xff ${n}\r\n`, "latin1"),
    receivedAt: 1_800_000_000_000 + n,
    reversePath: "bob@nemesis.test",
    recipient: "ann@arch.test",
    queueId: `Q${n}`,
    deliveryId: `Q${n}:0`,
    ...more,
  };
}

const folder = (): string => mkdtempSync(join(tmpdir(), "posthorn-store-"));
const STORES: Record<string, () => { store: MailStore; reopen?: () => MailStore; done(): void }> = {
  memory: () => ({ store: createMemoryMailStore(), done() {} }),
  "sqlite, in a thread": () => sqlite(true),
  "sqlite, inline": () => sqlite(false),
};

function sqlite(thread: boolean) {
  const where = folder();
  const open = (): MailStore => openSqliteMailStore({ folder: where, thread });
  return { store: open(), reopen: open, done: () => rmSync(where, { recursive: true }) };
}

for (const [name, make] of Object.entries(STORES)) {
  test(`${name}: bytes come back as they were delivered, under ascending UIDs`, async () => {
    const { store, reopen, done } = make();
    await store.open();
    await store.putAccount("Ann@arch.test", undefined, undefined);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => store.deliver(delivery(n))));
    assert.deepEqual(
      answers.map((answer) => answer.kind === "stored" && answer.uid),
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
    await store.close();
    const again = reopen?.() ?? store;
    if (reopen !== undefined) await again.open();
    const listed = await again.list("ANN@arch.test", "INBOX", 40);
    assert.deepEqual(
      listed.map(({ uid }) => uid),
      [41, 42, 43, 44, 45, 46, 47, 48, 49, 50],
    );
    assert.deepEqual(
      Buffer.from((await again.read("ann@arch.test", "INBOX", 7)) ?? []),
      Buffer.from(delivery(6).content),
    );
    assert.equal(again.account("ann@ARCH.test")?.usedBytes, 50 * delivery(10).content.length - 20);
    await again.close();
    done();
  });

  test(`${name}: a delivery asked for twice is stored once, and no UID comes back`, async () => {
    const { store, done } = make();
    await store.open();
    await store.putAccount("ann@arch.test", undefined, undefined);
    const answers = await Promise.all([
      store.deliver(delivery(1)),
      store.deliver(delivery(1)),
      store.deliver(delivery(2)),
    ]);
    assert.deepEqual(answers, [
      { kind: "stored", uid: 1, again: false },
      { kind: "stored", uid: 1, again: true },
      { kind: "stored", uid: 2, again: false },
    ]);
    await store.clear();
    assert.deepEqual(await store.list("ann@arch.test", "INBOX"), []);
    assert.deepEqual(await store.deliver(delivery(3)), { kind: "stored", uid: 3, again: false });
    await store.close();
    done();
  });

  test(`${name}: over quota and unknown accounts are answers, and leave nothing behind`, async () => {
    const { store, done } = make();
    await store.open();
    await store.putAccount("ann@arch.test", undefined, 30);
    assert.equal((await store.deliver(delivery(1))).kind, "stored");
    const full = await store.deliver(delivery(2));
    assert.deepEqual(full, { kind: "overQuota", quotaBytes: 30, usedBytes: delivery(1).content.length });
    assert.equal((await store.list("ann@arch.test", "INBOX")).length, 1);
    assert.deepEqual(await store.deliver(delivery(3, { account: "eve@arch.test" })), { kind: "noAccount" });
    assert.equal(await store.removeAccount("ann@arch.test"), true);
    assert.equal(store.account("ann@arch.test"), undefined);
    await store.close();
    done();
  });
}

test("credentials are kept over a restart, and stay when only the quota changes", async () => {
  const { store, reopen, done } = sqlite(false);
  await store.open();
  const bytes = (n: number) => new Uint8Array(4).fill(n);
  const credentials = { salt: bytes(1), iterations: 4096, storedKey: bytes(2), serverKey: bytes(3) };
  await store.putAccount("ann@arch.test", credentials, undefined);
  await store.putAccount("ann@arch.test", undefined, 1000);
  await store.close();
  const again = reopen();
  await again.open();
  assert.deepEqual(again.credentials("ann@arch.test"), credentials);
  assert.equal(again.account("ann@arch.test")?.quotaBytes, 1000);
  await again.close();
  done();
});

test("a store of a newer version is left alone", async () => {
  const where = folder();
  const newer = new DatabaseSync(join(where, "mail.sqlite"));
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  await assert.rejects(
    openSqliteMailStore({ folder: where }).open(),
    (error) => isFault(error, "io") && /version 99/.test(error.message),
  );
  rmSync(where, { recursive: true });
});
