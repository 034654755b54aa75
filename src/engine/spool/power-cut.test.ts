import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, it } from "node:test";
import { Fault } from "../../base/fault.ts";
import { type Random, seededRandom } from "../../base/random.ts";
import type { Disk } from "../files/disk.ts";
import { openSpool } from "./spool.ts";

const SECTOR_BYTES = 512;
const CASES = 60;

const folder = mkdtempSync(join(tmpdir(), "posthorn-spool-"));
/** A real folder for the lock alone: one that lost its power never lets go of it. */
const lockFolder = (): string => mkdtempSync(join(folder, "lock-"));
after(() => rmSync(folder, { recursive: true }));

type File = { durable: Buffer; writes: { bytes: Buffer; at: number }[]; isNamed: boolean };

/**
 * A disk whose power is cut at its nth write or sync: of what was not synced each sector is there or not, by chance.
 * A call that is under way at the cut never comes back.
 */
function cuttableDisk(files: Map<string, File>, cutAt: number) {
  const open: File[] = [];
  const never = new Promise<never>(() => undefined);
  let operations = 0;
  let isCut = false;
  const tick = async (): Promise<void> => {
    if (++operations >= cutAt) isCut = true;
    if (isCut) await never;
    await new Promise((resolve) => setImmediate(resolve));
  };
  const file = (fd: number): File => open[fd] as File;
  const disk: Disk = {
    makeFolder: () => Promise.resolve(),
    list: () => Promise.resolve([...files.keys()]),
    async syncFolder() {
      await tick();
      for (const one of files.values()) one.isNamed = true;
    },
    open(path, create) {
      const name = basename(path);
      const one = create ? { durable: Buffer.alloc(0), writes: [], isNamed: false } : files.get(name);
      if (one === undefined) throw new Fault("io", `${name} is not there`);
      files.set(name, one);
      return Promise.resolve(open.push(one) - 1);
    },
    sizeBytes: (fd) => Promise.resolve(present(file(fd)).length),
    read: (fd, into, position) => Promise.resolve(present(file(fd)).copy(into, 0, position)),
    async write(fd, chunks, position) {
      // It counts as under way before it is waited for: a cut may find any part of it.
      file(fd).writes.push({ bytes: Buffer.concat(chunks as Uint8Array[]), at: position });
      await tick();
    },
    async sync(fd) {
      await tick();
      file(fd).durable = present(file(fd));
      file(fd).writes = [];
    },
    close: () => Promise.resolve(),
    remove(path) {
      files.delete(basename(path));
      return Promise.resolve();
    },
  };
  return { disk, isCut: () => isCut };
}

function put(into: Buffer, bytes: Buffer, at: number): Buffer {
  const grown =
    into.length >= at + bytes.length
      ? into
      : Buffer.concat([into, Buffer.alloc(at + bytes.length - into.length)]);
  bytes.copy(grown, at);
  return grown;
}

function present({ durable, writes }: File): Buffer {
  let bytes: Buffer = Buffer.from(durable);
  for (const write of writes) bytes = put(bytes, write.bytes, write.at);
  return bytes;
}

/** What the disk holds when the power is back. */
function afterCut(files: Map<string, File>, random: Random): Map<string, File> {
  const left = new Map<string, File>();
  for (const [name, file] of files) {
    if (!file.isNamed && random.integer(2) === 0) continue;
    let durable: Buffer = Buffer.from(file.durable);
    for (const { bytes, at } of file.writes) {
      for (let from = 0; from < bytes.length;) {
        const to = Math.min(bytes.length, from + SECTOR_BYTES - ((at + from) % SECTOR_BYTES));
        if (random.integer(3) > 0) durable = put(durable, bytes.subarray(from, to), at + from);
        from = to;
      }
    }
    left.set(name, { durable, writes: [], isNamed: true });
  }
  return left;
}

const body = (id: string): Buffer =>
  Buffer.alloc(100 + ((id.length * 337 + id.charCodeAt(2) * 91) % 1500), `${id} `);

/** Puts in, notes and removes until the power goes. Returns what was acknowledged and not removed, and any removal. */
async function workUntilCut(disk: Disk, isCut: () => boolean, run: number) {
  const acknowledged = new Set<string>();
  const removing = new Set<string>();
  const removed = new Set<string>();
  const spool = openSpool({ folder: lockFolder(), segmentBytes: 8 * 1024, contentCacheBytesMax: 0, disk });
  const opened = spool.open();
  const worker = async (number: number): Promise<void> => {
    await opened;
    const mine: string[] = [];
    let asked: string[] = [];
    for (let n = 0; n < 400; n++) {
      const id = `${run}-${number}-${n}`;
      await spool.add(id, Buffer.from("note 0"), [body(id)]);
      acknowledged.add(id);
      mine.push(id);
      // A removal rides on the next sync at the latest, and that has been.
      for (const one of asked) removed.add(one);
      asked = [];
      // One in ten stays for long, so that segments have to be cleaned.
      if (n % 10 !== 0 && mine.length > 2) {
        const oldest = mine.shift() as string;
        removing.add(oldest);
        asked.push(oldest);
        spool.remove(oldest);
      }
    }
  };
  const work = Promise.all([1, 2, 3].map(worker));
  void work.catch(() => undefined);
  while (!isCut()) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  return { acknowledged, removing, removed };
}

it("loses nothing acknowledged when the power is cut at any write or sync, again and again", async () => {
  for (let seed = 1; seed <= CASES; seed++) {
    const random = seededRandom(seed);
    let files = new Map<string, File>();
    const due = new Set<string>();
    const gone = new Set<string>();
    for (let run = 0; run < 3; run++) {
      const { disk, isCut } = cuttableDisk(files, 2 + random.integer(300));
      const { acknowledged, removing, removed } = await workUntilCut(disk, isCut, run);
      for (const id of acknowledged) due.add(id);
      for (const id of removing) due.delete(id);
      for (const id of removed) gone.add(id);
      files = afterCut(files, random);
      const { disk: whole } = cuttableDisk(files, Infinity);
      const again = openSpool({
        folder: lockFolder(),
        segmentBytes: 8 * 1024,
        contentCacheBytesMax: 0,
        disk: whole,
      });
      const there = new Set((await again.open()).map(({ id }) => id));
      assert.deepEqual(again.damage, [], `seed ${seed}: a power cut is not damage`);
      for (const id of due) assert.ok(there.has(id), `seed ${seed}: ${id} was acknowledged and is gone`);
      for (const id of gone) assert.ok(!there.has(id), `seed ${seed}: ${id} was removed and is back`);
      for (const id of there)
        assert.ok(body(id).equals(await again.read(id)), `seed ${seed}: ${id} has other bytes`);
      await again.close();
    }
  }
});
