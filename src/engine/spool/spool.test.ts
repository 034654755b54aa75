import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { assert as check, asyncProperty, nat } from "fast-check";
import { Fault, isFault } from "../../base/fault.ts";
import { type Disk, realDisk } from "../files/disk.ts";
import { openSpool } from "./spool.ts";

const SEGMENT_BYTES = 16 * 1024;
const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-spool-"));
  folders.push(folder);
  return folder;
}

const open = (folder: string, disk?: Disk) =>
  openSpool({ folder, segmentBytes: SEGMENT_BYTES, contentCacheBytesMax: 0, disk });
const body = (n: number): Uint8Array[] => [Buffer.alloc(1000, `body ${n} `)];
const note = (n: number): Uint8Array => Buffer.from(`note ${n}`);

/** Adds `m0` to `m<count - 1>`, one commit each. */
async function filled(count: number): Promise<string> {
  const folder = newFolder();
  const spool = open(folder);
  await spool.open();
  for (let n = 0; n < count; n++) await spool.add(`m${n}`, note(n), body(n));
  await spool.close();
  return folder;
}

async function recovered(folder: string): Promise<{ ids: string[]; damage: number }> {
  const spool = open(folder);
  const ids: string[] = [];
  for (const { id, note: bytes } of await spool.open()) {
    const n = Number(id.slice(1));
    assert.equal(Buffer.from(bytes).toString(), `note ${n}`);
    assert.deepEqual(Buffer.from(await spool.read(id)), Buffer.concat(body(n)));
    ids.push(id);
  }
  const damage = spool.damage.length;
  await spool.close();
  return { ids, damage };
}

const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `m${from + i}`);
const segments = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".segment"))
    .sort();

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x40;
  writeFileSync(file, bytes);
}

describe("the spool's recovery", () => {
  it("ends the newest segment at a torn record, and says nothing of damage", async () => {
    const folder = await filled(5);
    const file = join(folder, segments(folder)[0] as string);
    for (const cut of [1, 500, 1040, 1050]) {
      const torn = newFolder();
      cpSync(folder, torn, { recursive: true });
      const bytes = readFileSync(file);
      writeFileSync(join(torn, "000001.segment"), bytes.subarray(0, bytes.length - cut));
      assert.deepEqual(await recovered(torn), { ids: names(0, 4), damage: 0 }, `cut by ${cut}`);
    }
  });

  it("writes on after a torn end, and finds both sides of it", async () => {
    const folder = await filled(5);
    const file = join(folder, "000001.segment");
    writeFileSync(file, readFileSync(file).subarray(0, statSync(file).size - 7));
    const spool = open(folder);
    await spool.open();
    await spool.add("m9", note(9), body(9));
    await spool.close();
    assert.deepEqual(await recovered(folder), { ids: [...names(0, 4), "m9"], damage: 0 });
  });

  it("reports a flipped bit in the middle and keeps what is behind it", async () => {
    const folder = await filled(8);
    const file = join(folder, "000001.segment");
    const recordBytes = (statSync(file).size - 64) / 8;
    flip(file, 64 + 2 * recordBytes + 100);
    flip(file, 64 + 4 * recordBytes + 3);
    assert.deepEqual(await recovered(folder), { ids: ["m0", "m1", "m3", "m5", "m6", "m7"], damage: 2 });
  });

  it("reports a damaged end of an older segment", async () => {
    const folder = await filled(20);
    assert.ok(segments(folder).length > 1);
    const file = join(folder, "000001.segment");
    flip(file, statSync(file).size - 10);
    const { ids, damage } = await recovered(folder);
    assert.equal(damage, 1);
    assert.equal(ids.length, 19);
  });

  it("reports a segment that is missing", async () => {
    const folder = await filled(40);
    rmSync(join(folder, "000002.segment"));
    const { ids, damage } = await recovered(folder);
    assert.ok(ids.length < 40 && ids.length > 20);
    assert.equal(damage, 1);
  });

  it("never shows a wrong message, whatever byte is flipped", async () => {
    const folder = await filled(5);
    const size = statSync(join(folder, "000001.segment")).size;
    await check(
      asyncProperty(nat(size - 1), async (at) => {
        const broken = newFolder();
        cpSync(folder, broken, { recursive: true });
        flip(join(broken, "000001.segment"), at);
        const { ids } = await recovered(broken); // throws for wrong bytes
        assert.ok(at < 64 || ids.length === 4, `${ids.length} left after a flip at ${at}`);
      }),
      { numRuns: 60 },
    );
  });

  it("does not take for records what an earlier use of a segment left behind", async () => {
    const folder = await filled(60);
    const spool = open(folder);
    for (const { id } of await spool.open()) spool.remove(id);
    for (let n = 100; n < 103; n++) await spool.add(`m${n}`, note(n), body(n));
    await spool.close();
    assert.ok(segments(folder).length < 6, "segments are used again");
    assert.deepEqual(await recovered(folder), { ids: names(100, 103), damage: 0 });
  });

  it("gives the memory of each segment back when it was read", async () => {
    const folder = await filled(30);
    const disk = realDisk();
    const wholes: Buffer[] = [];
    const spool = open(folder, {
      ...disk,
      read(fd, into, position) {
        if (into.length > 1_000) wholes.push(into);
        return disk.read(fd, into, position);
      },
    });
    assert.equal((await spool.open()).length, 30);
    assert.ok(wholes.length > 1);
    assert.deepEqual(new Set(wholes.map((bytes) => bytes.length)), new Set([0]));
    await spool.close();
  });

  it("refuses a format it does not know and leaves the folder alone", async () => {
    const folder = await filled(1);
    const file = join(folder, "000001.segment");
    const bytes = readFileSync(new URL("fixtures/version-99.segment", import.meta.url));
    writeFileSync(file, bytes);
    await assert.rejects(
      open(folder).open(),
      (error) => isFault(error, "io") && /version 99/.test(error.message),
    );
    assert.deepEqual(readFileSync(file), bytes);
  });

  it("opens a spool of version 1", async () => {
    const folder = newFolder();
    cpSync(new URL("fixtures/version-1", import.meta.url), folder, { recursive: true });
    const spool = openSpool({ folder, segmentBytes: 2048 });
    const found = (await spool.open()).map(({ id, note }) => [id, Buffer.from(note).toString()]);
    assert.deepEqual(found, [
      ["kept", "first note"],
      ["noted", "second note"],
    ]);
    assert.equal(Buffer.from(await spool.read("noted")).toString(), "Subject: two\r\n\r\ntwo\r\n");
    assert.deepEqual(spool.damage, []);
    await spool.close();
  });

  it("lets one process have a folder at a time", async () => {
    const folder = newFolder();
    const first = open(folder);
    await first.open();
    await assert.rejects(open(folder).open(), (error) => isFault(error, "folderInUse"));
    await first.close();
    const second = open(folder);
    await second.open();
    await second.close();
  });
});

/** A disk that fails when told to. */
function faultyDisk() {
  const disk = realDisk();
  const state: { write: string | undefined; sync: string | undefined } = {
    write: undefined,
    sync: undefined,
  };
  const fail = (kind: string | undefined): void => {
    if (kind !== undefined) throw new Fault(kind as "diskFull", "the test says so");
  };
  const faulty: Disk = {
    ...disk,
    async write(fd, chunks, position) {
      // Half of it reaches the file all the same.
      if (state.write !== undefined)
        await disk.write(fd, chunks.slice(0, Math.ceil(chunks.length / 2)), position);
      fail(state.write);
      await disk.write(fd, chunks, position);
    },
    async sync(fd) {
      fail(state.sync);
      await disk.sync(fd);
    },
  };
  return { disk: faulty, state };
}

describe("a spool on a failing disk", () => {
  for (const [name, where, kind] of [
    ["is full", "write", "diskFull"],
    ["is read-only", "write", "readOnly"],
    ["fails to write", "write", "io"],
    ["fails to sync", "sync", "io"],
    ["finds itself full at the sync", "sync", "diskFull"],
  ] as const) {
    it(`acknowledges nothing when it ${name}, keeps what it had, and goes on when it can`, async () => {
      const folder = newFolder();
      const { disk, state } = faultyDisk();
      const spool = open(folder, disk);
      await spool.open();
      await spool.add("m0", note(0), body(0));
      state[where] = kind;
      const failed = await Promise.allSettled([1, 2, 3].map((n) => spool.add(`m${n}`, note(n), body(n))));
      assert.ok(failed.every((one) => one.status === "rejected" && isFault(one.reason, kind)));
      await assert.rejects(spool.update("m0", note(7)), (error) => isFault(error, kind));
      assert.equal(spool.stats.messages, 1);
      assert.deepEqual(Buffer.from(await spool.read("m0")), Buffer.concat(body(0)));
      state[where] = undefined;
      await Promise.all([4, 5].map((n) => spool.add(`m${n}`, note(n), body(n))));
      await spool.close();
      assert.deepEqual(await recovered(folder), { ids: ["m0", "m4", "m5"], damage: 0 });
    });
  }

  it("loses no removal when the disk refuses it for a while", async () => {
    const folder = newFolder();
    const { disk, state } = faultyDisk();
    const spool = open(folder, disk);
    await spool.open();
    await Promise.all([0, 1].map((n) => spool.add(`m${n}`, note(n), body(n))));
    state.write = "diskFull";
    spool.remove("m0");
    await assert.rejects(spool.add("m2", note(2), body(2)));
    state.write = undefined;
    await spool.close();
    assert.deepEqual(await recovered(folder), { ids: ["m1"], damage: 0 });
  });
});
