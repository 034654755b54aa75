import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { STORE_FILE } from "./look-into-store.ts";
import { createSqliteMailDisk } from "./sqlite-mail-disk.ts";

/** Limit: a busy machine fires a timer of a second late. */
const WITHIN_MS = 20_000;

test("what was mapped to be read is given back at rest, and read again afterwards", async () => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-mapped-"));
  const disk = createSqliteMailDisk({ folder, thread: false });
  const mapped = join(folder, STORE_FILE);
  // Only Linux tells a process what it has mapped.
  const isMapped = (): boolean =>
    process.platform === "linux" &&
    readFileSync("/proc/self/maps", "utf8")
      .split("\n")
      .some((line) => line.endsWith(mapped));
  try {
    await disk.open();
    await disk.close(); // out of the log, into the file
    await disk.open();
    assert.deepEqual(disk.emailIds(1), []);
    assert.equal(isMapped(), process.platform === "linux");
    const end = Date.now() + WITHIN_MS;
    while (isMapped() && Date.now() < end) await wait(100);
    assert.equal(isMapped(), false);
    assert.deepEqual(disk.emailIds(1), []);
  } finally {
    await disk.close();
    rmSync(folder, { recursive: true });
  }
});
