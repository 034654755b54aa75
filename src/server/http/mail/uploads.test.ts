import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { seededRandom } from "../../../base/random.ts";
import { openScratchFolder } from "../../../engine/files/scratch-folder.ts";
import { ApiError } from "../api-error.ts";
import { ACCOUNT_BYTES_MAX, ACCOUNT_FILES_MAX, createUploads, KEPT_MS } from "./uploads.ts";

const ANN = "ann@arch.test";
const BOB = "bob@arch.test";
const MB = 1024 * 1024;
const file = (sizeBytes: number, name = "a.bin") => {
  return { name, contentType: "application/octet-stream", content: new Uint8Array(sizeBytes).fill(7) };
};

async function open(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "posthorn-uploads-"));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "left-by-a-crash"), "x");
  const time = { now: 1_000 };
  const clock = { now: () => time.now, after: () => ({ cancel: () => undefined }) };
  const uploads = createUploads({ clock, random: seededRandom(1) }, await openScratchFolder(folder));
  /** On disk, once what was forgotten is taken away. */
  const names = async (count: number): Promise<string[]> => {
    for (let tries = 0; tries < 500; tries++) {
      if ((await readdir(folder)).length === count) break;
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
    return readdir(folder);
  };
  return { folder, time, uploads, names };
}

test("files rest in the folder, whose leftovers are taken away, under names that tell no id; their owner alone finds them", async (context) => {
  const { folder, uploads } = await open(context);
  assert.deepEqual(await readdir(folder), []);
  const { id, cid, sizeBytes } = await uploads.add(ANN, file(3, "note.txt"));
  assert.equal(sizeBytes, 3);
  const [name = ""] = await readdir(folder);
  assert.ok(!name.includes(id) && !id.includes(name));
  assert.equal((await stat(join(folder, name))).mode & 0o077, 0);
  const found = await uploads.find(ANN, id);
  assert.deepEqual([found?.name, found?.cid, [...(found?.content ?? [])]], ["note.txt", cid, [7, 7, 7]]);
  assert.equal(await uploads.find(BOB, id), undefined);
  assert.equal(await uploads.find(ANN, "nothing"), undefined);
});

test("an account's oldest files make room, by bytes and by number, also for files that come at once", async (context) => {
  const { uploads, names } = await open(context);
  const [first, second] = await Promise.all([
    uploads.add(ANN, file(40 * MB)),
    uploads.add(ANN, file(30 * MB)),
  ]);
  assert.equal(await uploads.find(ANN, first.id), undefined);
  assert.equal((await uploads.find(ANN, second.id))?.sizeBytes, 30 * MB);
  assert.equal((await names(1)).length, 1);
  await assert.rejects(uploads.add(ANN, file(ACCOUNT_BYTES_MAX + 1)), { status: 413 });
  for (let count = 0; count < ACCOUNT_FILES_MAX; count++) await uploads.add(ANN, file(1));
  assert.equal(await uploads.find(ANN, second.id), undefined);
  assert.equal((await names(ACCOUNT_FILES_MAX)).length, ACCOUNT_FILES_MAX);
});

test("beyond what all together may hold a file is refused, and nobody else's is lost for it", async () => {
  const clock = { now: () => 0, after: () => ({ cancel: () => undefined }) };
  const uploads = createUploads({ clock, random: seededRandom(1) });
  const ids: string[] = [];
  for (let who = 0; who < 5; who++) ids.push((await uploads.add(`${who}@arch.test`, file(60 * MB))).id);
  await assert.rejects(
    uploads.add(ANN, file(1)),
    (error: Error) => error instanceof ApiError && error.status === 503,
  );
  for (const [who, id] of ids.entries())
    assert.ok((await uploads.find(`${who}@arch.test`, id)) !== undefined);
});

test("after an hour a file is forgotten, and gone from the folder", async (context) => {
  const { uploads, time, names } = await open(context);
  const { id } = await uploads.add(ANN, file(3));
  time.now += KEPT_MS - 1;
  assert.ok((await uploads.find(ANN, id)) !== undefined);
  time.now += 1;
  uploads.sweep();
  assert.equal(await uploads.find(ANN, id), undefined);
  assert.deepEqual(await names(0), []);
});

test("a file that the disk does not take is refused and not counted", async () => {
  const clock = { now: () => 0, after: () => ({ cancel: () => undefined }) };
  const scratch = await openScratchFolder(join(tmpdir(), `posthorn-uploads-gone-${process.pid}`));
  await rm(join(tmpdir(), `posthorn-uploads-gone-${process.pid}`), { recursive: true });
  const uploads = createUploads({ clock, random: seededRandom(1) }, scratch);
  for (let tries = 0; tries < 7; tries++)
    await assert.rejects(uploads.add(`${tries}@arch.test`, file(60 * MB)), { kind: "io" });
});
