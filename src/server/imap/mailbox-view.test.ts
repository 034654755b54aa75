import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_FLAGS } from "../../store/flag-sets.ts";
import { MessageTable } from "../../store/message-table.ts";
import { MailboxView } from "./mailbox-view.ts";

function tableOf(...uids: number[]): MessageTable {
  const table = new MessageTable();
  for (const uid of uids) add(table, uid, 1);
  return table;
}

function add(table: MessageTable, uid: number, modseq: number): void {
  const row = { uid, flagSet: NO_FLAGS, modseq, createdModseq: modseq, sizeBytes: 1 };
  table.append({ ...row, receivedAt: 0, savedAt: 0, emailId: uid, threadId: uid });
}

const NOTHING = { expunged: [], vanished: [], exists: undefined, flagged: [] };

describe("a view of a mailbox", () => {
  it("has no news as long as nothing happens", () => {
    const view = new MailboxView(tableOf(3, 5, 8));
    assert.equal(view.hasNews, false);
    assert.deepEqual(view.catchUp(true), NOTHING);
  });

  it("tells what came, went and changed, once", () => {
    const table = tableOf(3, 5, 8, 9);
    const view = new MailboxView(table);
    table.changeFlags([8, 8], "add", ["\\Seen"], 2);
    table.expunge([5, 5], 3);
    add(table, 12, 4);
    assert.equal(view.hasNews, true);
    assert.deepEqual(view.catchUp(true), { expunged: [2], vanished: [5, 5], exists: 4, flagged: [1] });
    assert.deepEqual([...view.uids.subarray(0, view.length)], [3, 8, 9, 12]);
    assert.equal(view.hasNews, false);
    assert.deepEqual(view.catchUp(true), NOTHING);
  });

  it("keeps its numbers while no expunge may be told", () => {
    const table = tableOf(3, 5, 8);
    const view = new MailboxView(table);
    table.expunge([3, 3], 2);
    add(table, 9, 3);
    table.changeFlags([8, 9], "add", ["x"], 4);
    assert.deepEqual(view.catchUp(false), { ...NOTHING, flagged: [2] });
    assert.equal(view.length, 3);
    assert.equal(view.tableRow(0), -1);
    assert.equal(view.tableRow(2), 1);
    assert.deepEqual(view.catchUp(true), { expunged: [1], vanished: [3, 3], exists: 3, flagged: [] });
  });

  it("survives the table's growth and a loss of all", () => {
    const table = tableOf(1);
    const view = new MailboxView(table);
    for (let uid = 2; uid <= 100; uid++) add(table, uid, uid);
    assert.equal(view.catchUp(true).exists, 100);
    table.expunge([1, 100], 101);
    const { vanished, expunged } = view.catchUp(true);
    assert.deepEqual(vanished, [1, 100]);
    assert.equal(expunged.length, 100);
    assert.equal(view.length, 0);
  });

  it("finds rows by uid", () => {
    const view = new MailboxView(tableOf(3, 5, 8));
    assert.deepEqual([view.rowOf(5), view.rowOf(4), view.rowFrom(4), view.rowFrom(9)], [1, -1, 1, 3]);
    assert.deepEqual(view.uidsOf([1, 2]), [5, 5, 8, 8]);
  });
});
