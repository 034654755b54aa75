/**
 * What must be true after a crash, checked on the folder that is left: every acknowledged message is there with its
 * bytes, nothing is there by halves, and each delivery once. Throws with the name of what is wrong.
 */
import assert from "node:assert/strict";
import { openSpool } from "../../src/engine/spool/spool.ts";
import { openSqliteMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import { contentOf, type Ledger, noteOf } from "./ledger.ts";

/** Returns how many messages are in the spool. */
export async function checkSpool(folder: string, ledger: Ledger): Promise<number> {
  const spool = openSpool({ folder, contentCacheBytesMax: 0 });
  const messages = await spool.open();
  try {
    assert.deepEqual(spool.damage, [], "a crash is not damage");
    const there = new Set<string>();
    for (const { id, note } of messages) {
      assert.equal(there.has(id), false, `${id} is there twice`);
      there.add(id);
      assert.ok(contentOf(id).equals(await spool.read(id)), `${id} has other bytes`);
      const least = ledger.notes.get(id) ?? 0;
      const isKnown = [0, 1].some((number) => number >= least && noteOf(id, number).equals(note));
      assert.ok(
        isKnown,
        `${id} has the note "${Buffer.from(note).toString()}", at least ${least} was acknowledged`,
      );
    }
    for (const id of ledger.added) {
      assert.ok(there.has(id) || ledger.removing.has(id), `${id} was acknowledged and is gone`);
    }
  } finally {
    await spool.close();
  }
  return messages.length;
}

/** Each delivery that was asked for is asked for again, as the queue would: afterwards all are there, once. */
export async function checkStore(folder: string, account: string, ledger: Ledger): Promise<number> {
  const store = openSqliteMailStore({ folder });
  await store.open();
  try {
    const before = new Set((await store.list(account, "INBOX")).map(({ queueId }) => queueId));
    for (const id of ledger.delivered) assert.ok(before.has(id), `${id} was acknowledged and is gone`);
    for (const id of ledger.delivering) {
      if (ledger.delivered.has(id) && before.has(id)) continue;
      const envelope = {
        reversePath: "ann@arch.test",
        recipient: account,
        queueId: id,
        deliveryId: `${id}:0`,
      };
      const answer = await store.deliver({
        account,
        mailbox: "INBOX",
        content: contentOf(id),
        receivedAt: 0,
        ...envelope,
      });
      assert.equal(answer.kind === "stored" && answer.again, before.has(id), `${id} was stored twice`);
    }
    const listed = await store.list(account, "INBOX");
    assert.equal(
      new Set(listed.map(({ queueId }) => queueId)).size,
      listed.length,
      "a message is there twice",
    );
    assert.equal(listed.length, ledger.delivering.size);
    for (const { uid, queueId } of listed) {
      if (ledger.read.has(queueId)) continue;
      ledger.read.add(queueId);
      assert.ok(
        contentOf(queueId).equals((await store.read(account, "INBOX", uid)) ?? Buffer.alloc(0)),
        queueId,
      );
    }
    for (const id of ledger.delivering) ledger.delivered.add(id);
    return listed.length;
  } finally {
    await store.close();
  }
}
