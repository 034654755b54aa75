/** Whether a Maildir and a mailbox hold the same letters, byte for byte, with the same flags. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Kept } from "./maildir.ts";
import type { Held } from "./post.ts";

/** Fields the programs write into what they upload, to find it again. */
const OWN_FIELDS = /^(X-TUID|X-OfflineIMAP): .*\r\n/gm;

function print(bytes: Buffer, flags: readonly string[]): string {
  const text = bytes.toString("latin1").replaceAll(/\r?\n/g, "\r\n").replaceAll(OWN_FIELDS, "");
  return `${createHash("sha256").update(text, "latin1").digest("hex")} ${flags.join(" ")}`;
}

export function assertSame(kept: readonly Kept[], held: readonly Held[], where: string): void {
  const there = new Map<string, number>();
  for (const { bytes, flags } of held) {
    const key = print(
      bytes,
      flags.filter((flag) => flag.startsWith("\\")),
    );
    there.set(key, (there.get(key) ?? 0) + 1);
  }
  const alone: Kept[] = [];
  for (const one of kept) {
    const key = print(one.bytes, one.flags);
    const count = there.get(key) ?? 0;
    if (count === 0) alone.push(one);
    else there.set(key, count - 1);
  }
  const [first] = alone;
  const example =
    first === undefined ? "" : `, such as ${first.file}:\n${first.bytes.toString("latin1", 0, 400)}`;
  assert.equal(alone.length, 0, `${where}: ${alone.length} letters are not alike on the server${example}`);
  assert.equal(kept.length, held.length, `${where}: so many here, so many there`);
}
