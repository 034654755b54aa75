import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { isFault } from "../../base/fault.ts";
import { openSpool } from "../../engine/spool/spool.ts";
import { createMemorySpool } from "./memory-spool.ts";
import type { Spool } from "./spool.ts";

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** Two spools over the same keeping: one for before a restart, one for after it. */
const makers: readonly (readonly [name: string, make: () => () => Spool])[] = [
  [
    "in memory",
    () => {
      const spool = createMemorySpool();
      return () => spool;
    },
  ],
  [
    "on disk",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "posthorn-spool-"));
      folders.push(folder);
      return () => openSpool({ folder, segmentBytes: 64 * 1024, contentCacheBytesMax: 4096 });
    },
  ],
];

const note = (text: string): Uint8Array => Buffer.from(text);
const content = (n: number, length = 500): Uint8Array[] => [
  Buffer.alloc(length, String(n)),
  Buffer.from(`end ${n}`),
];

for (const [name, make] of makers) {
  describe(`a spool ${name}`, () => {
    it("gives back after a restart what was added, in order, with the latest notes", async () => {
      const open = make();
      const before = open();
      assert.deepEqual(await before.open(), []);
      await Promise.all([1, 2, 3].map((n) => before.add(`id${n}`, note(`note ${n}`), content(n))));
      await before.update("id2", note("a longer note, for 2"));
      before.remove("id1");
      assert.equal(before.stats.messages, 2);
      await before.close();
      const again = open();
      const found = await again.open();
      const seen = found.map(({ id, note, sizeBytes }) => [id, Buffer.from(note).toString(), sizeBytes]);
      assert.deepEqual(seen, [
        ["id2", "a longer note, for 2", 505],
        ["id3", "note 3", 505],
      ]);
      assert.deepEqual(Buffer.from(await again.read("id2")), Buffer.concat(content(2)));
      assert.equal(again.stats.contentBytes, 1010);
      await again.close();
    });

    it("reads a message back after thousands of others came and went", async () => {
      const open = make();
      const spool = open();
      await spool.open();
      await spool.add("old", note("first"), content(0));
      await spool.update("old", note("second"));
      for (let round = 0; round < 60; round++) {
        const ids = Array.from({ length: 50 }, (_, i) => `r${round}-${i}`);
        await Promise.all(ids.map((id, i) => spool.add(id, note("n"), content(i))));
        for (const id of ids) spool.remove(id);
      }
      assert.deepEqual(Buffer.from(await spool.read("old")), Buffer.concat(content(0)));
      assert.ok(spool.stats.diskBytes < 1_500_000, `${spool.stats.diskBytes} bytes for one living message`);
      await spool.close();
      const found = await open().open();
      assert.deepEqual(
        found.map(({ id, note }) => [id, Buffer.from(note).toString()]),
        [["old", "second"]],
      );
    });

    it("takes a message that is larger than a segment, and an empty one", async () => {
      const open = make();
      const spool = open();
      await spool.open();
      await Promise.all([
        spool.add("large", note("n"), content(7, 300_000)),
        spool.add("empty", note(""), []),
      ]);
      await spool.close();
      const again = open();
      assert.equal((await again.open()).length, 2);
      assert.deepEqual(Buffer.from(await again.read("large")), Buffer.concat(content(7, 300_000)));
      assert.equal((await again.read("empty")).length, 0);
      await again.close();
    });

    it("refuses when it is closed, and to read what it does not hold", async () => {
      const spool = make()();
      await spool.open();
      await assert.rejects(spool.read("nothing"), (error) => isFault(error, "io"));
      await spool.close();
      await assert.rejects(spool.add("late", note("n"), []), (error) => isFault(error, "closed"));
    });
  });
}
