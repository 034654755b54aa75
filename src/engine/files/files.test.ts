import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fromUtf8, utf8 } from "../../base/bytes.ts";
import { isFault } from "../../base/fault.ts";
import type { Files } from "../../base/files.ts";
import { createMemoryFiles } from "../../lab/world/memory-files.ts";
import { createDiskFiles } from "./disk-files.ts";

const folder = await mkdtemp(join(tmpdir(), "posthorn-files-"));
test.after(() => rm(folder, { recursive: true }));

const KINDS: readonly (readonly [name: string, files: Files, root: string])[] = [
  ["disk", createDiskFiles(), join(folder, "shared")],
  ["memory", createMemoryFiles(), "/shared"],
];

for (const [name, files, root] of KINDS) {
  test(`${name} files are written whole, listed in order, replaced and removed`, async () => {
    await files.makeFolder(join(root, "deep"));
    const at = (file: string): string => join(root, "deep", file);
    await files.writeAtomically(at("b.eml"), fromUtf8("two"));
    await files.writeAtomically(at("a.eml"), fromUtf8("one"));
    await files.writeAtomically(at("a.eml"), fromUtf8("one again"));
    assert.deepEqual(await files.list(join(root, "deep")), ["a.eml", "b.eml"]);
    assert.equal(utf8((await files.readFile(at("a.eml"))) ?? new Uint8Array(0)), "one again");
    await files.remove(at("a.eml"));
    await files.remove(at("a.eml"));
    assert.equal(await files.readFile(at("a.eml")), undefined);
    assert.deepEqual(await files.list(join(root, "deep")), ["b.eml"]);
    assert.deepEqual(await files.list(join(root, "nowhere")), []);
  });

  test(`${name} files tell of a change in a watched folder`, async () => {
    const watched = join(root, "pickup");
    await files.makeFolder(watched);
    const changed = await new Promise<boolean>((resolve) => {
      const deadline = setTimeout(() => resolve(false), 5_000);
      const watching = files.watch(watched, () => {
        clearTimeout(deadline);
        watching.close();
        resolve(true);
      });
      void files.writeAtomically(join(watched, "new.eml"), fromUtf8("hello"));
    });
    assert.ok(changed);
  });
}

test("a failed write names the path and leaves nothing behind", async () => {
  const disk = createDiskFiles();
  await disk.makeFolder(join(folder, "taken.eml"));
  await assert.rejects(
    disk.writeAtomically(join(folder, "taken.eml"), fromUtf8("x")),
    (error) => isFault(error) && error.message.includes(join(folder, "taken.eml")),
  );
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.endsWith(".tmp")),
    [],
  );
});
