import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { isFault } from "../base/fault.ts";
import { createMemoryMailStore, openSqliteMailStore } from "../engine/sqlite/sqlite-mail-store.ts";
import type { DeliverRequest, MailStore } from "./mail-store.ts";

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const makers: readonly (readonly [name: string, make: () => () => MailStore])[] = [
  [
    "in memory",
    () => {
      const store = createMemoryMailStore();
      return () => store;
    },
  ],
  [
    "in sqlite",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "posthorn-store-"));
      folders.push(folder);
      return () => openSqliteMailStore({ folder });
    },
  ],
  [
    "in sqlite, in the caller's turn",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "posthorn-store-"));
      folders.push(folder);
      return () => openSqliteMailStore({ folder, thread: false });
    },
  ],
];

const KEYS = {
  salt: Uint8Array.of(1),
  iterations: 4096,
  storedKey: Uint8Array.of(2, 3),
  serverKey: Uint8Array.of(4),
};

function mail(n: number, more: Partial<DeliverRequest> = {}): DeliverRequest {
  const content = Buffer.from(`Subject: ${n}\r\n\r\nhello\r\n`);
  const envelope = {
    reversePath: "ann@arch.test",
    recipient: "bob@nemesis.test",
    queueId: `Q${n}`,
    deliveryId: `Q${n}:0`,
  };
  return {
    account: "bob@nemesis.test",
    mailbox: "INBOX",
    content,
    receivedAt: 1_700_000_000_000 + n,
    ...envelope,
    ...more,
  };
}

for (const [name, make] of makers) {
  describe(`a mail store ${name}`, () => {
    it("keeps accounts and messages over a restart", async () => {
      const open = make();
      const store = open();
      await store.open();
      await store.putAccount("bob@nemesis.test", { secrets: { scram: KEYS }, quotaBytes: 5_000 });
      assert.deepEqual(await store.deliver(mail(1)), { kind: "stored", uid: 1, again: false });
      assert.deepEqual(await store.deliver(mail(2)), { kind: "stored", uid: 2, again: false });
      await store.close();
      const again = open();
      await again.open();
      assert.deepEqual(again.account("BOB@nemesis.TEST"), {
        id: 1,
        name: "bob@nemesis.test",
        quotaBytes: 5_000,
        usedBytes: 42,
        quotaMessages: undefined,
        usedMessages: 2,
      });
      assert.deepEqual({ ...again.secrets("bob@nemesis.test")?.scram }, KEYS);
      const listed = await again.list("bob@nemesis.test", "INBOX", 1);
      const { content: _, deliveryId: __, ...facts } = mail(2);
      assert.deepEqual(listed, [{ ...facts, uid: 2, sizeBytes: 21 }]);
      const read = await again.read("bob@nemesis.test", "INBOX", 1);
      assert.deepEqual(Buffer.from(read ?? []), Buffer.from(mail(1).content));
      assert.equal(await again.read("bob@nemesis.test", "INBOX", 9), undefined);
      await again.close();
    });

    it("stores a delivery once, however often it is asked to", async () => {
      const store = make()();
      await store.open();
      await store.putAccount("bob@nemesis.test");
      const answers = await Promise.all([
        store.deliver(mail(1)),
        store.deliver(mail(1)),
        store.deliver(mail(2)),
      ]);
      assert.deepEqual(
        answers.map((answer) => answer.kind === "stored" && [answer.uid, answer.again]),
        [
          [1, false],
          [1, true],
          [3, false], // the one it was offered is never given again
        ],
      );
      assert.equal(store.account("bob@nemesis.test")?.usedBytes, 42);
      await store.close();
    });

    it("gives ascending uids to deliveries that come together", async () => {
      const store = make()();
      await store.open();
      await store.putAccount("bob@nemesis.test");
      await Promise.all(Array.from({ length: 200 }, (_, n) => store.deliver(mail(n))));
      const listed = await store.list("bob@nemesis.test", "INBOX");
      assert.deepEqual(
        listed.map(({ uid }) => uid),
        Array.from({ length: 200 }, (_, n) => n + 1),
      );
      await store.close();
    });

    it("answers no to an unknown account and to one that is full", async () => {
      const store = make()();
      await store.open();
      assert.deepEqual(await store.deliver(mail(1)), { kind: "noAccount" });
      await store.putAccount("bob@nemesis.test", { quotaBytes: 30 });
      await store.deliver(mail(1));
      assert.deepEqual(await store.deliver(mail(2)), { kind: "overQuota", what: "bytes", max: 30, used: 21 });
      await store.putAccount("bob@nemesis.test", { quotaBytes: null });
      assert.equal((await store.deliver(mail(2))).kind, "stored");
      assert.deepEqual(
        store.accounts().map(({ id, quotaBytes }) => [id, quotaBytes]),
        [[1, undefined]],
      );
      await store.close();
    });

    it("goes on counting uids after it was cleared", async () => {
      const store = make()();
      await store.open();
      await store.putAccount("bob@nemesis.test");
      await store.deliver(mail(1));
      await store.clear();
      assert.deepEqual(await store.list("bob@nemesis.test", "INBOX"), []);
      assert.equal(store.account("bob@nemesis.test")?.usedBytes, 0);
      assert.deepEqual(await store.deliver(mail(1)), { kind: "stored", uid: 2, again: false });
      await store.close();
    });

    it("forgets an account with its mail, and never gives its id again", async () => {
      const store = make()();
      await store.open();
      await store.putAccount("bob@nemesis.test");
      await store.deliver(mail(1));
      assert.equal(await store.removeAccount("Bob@Nemesis.test"), true);
      assert.equal(await store.removeAccount("bob@nemesis.test"), false);
      assert.equal(store.account("bob@nemesis.test"), undefined);
      await store.putAccount("bob@nemesis.test");
      assert.deepEqual(await store.list("bob@nemesis.test", "INBOX"), []);
      assert.equal(store.account("bob@nemesis.test")?.id, 2);
      await store.close();
    });
  });
}

describe("a mail store's folder", () => {
  it("belongs to one at a time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "posthorn-store-"));
    folders.push(folder);
    const first = openSqliteMailStore({ folder });
    await first.open();
    await assert.rejects(openSqliteMailStore({ folder }).open(), (error) => isFault(error, "folderInUse"));
    await first.close();
    const second = openSqliteMailStore({ folder });
    await second.open();
    await second.close();
    await assert.rejects(second.deliver(mail(1)), (error) => isFault(error, "closed"));
  });
});
