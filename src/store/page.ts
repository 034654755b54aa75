/**
 * A page: the messages of one mailbox whose UIDs share `floor(uid / 1024)`, as the columns of a table, packed. Opening
 * a mailbox is reading its pages into memory, without an object for each message. Version 1, little-endian:
 *
 *     byte 0      version        4..7    number of messages n      8..11   octets of the flags' JSON
 *     12..15      zero           16..    JSON: the combinations of flags used here, padded with blanks to 8
 *     then n float64 each of modseq, createdModseq, receivedAt, savedAt
 *     then n uint32 each of uid, index into the combinations, sizeBytes, emailId, threadId
 */
import { asBuffer } from "../base/bytes.ts";
import { Fault } from "../base/fault.ts";
import type { NumberRanges } from "../base/number-ranges.ts";
import type { MessageTable } from "./message-table.ts";

export const PAGE_UIDS = 1_024;
const VERSION = 1;
const HEAD_BYTES = 16;
const ROW_BYTES = 4 * 8 + 5 * 4;

export function pageOf(uid: number): number {
  return Math.floor(uid / PAGE_UIDS);
}

export function addPages(pages: Set<number>, uids: NumberRanges): void {
  for (let i = 0; i < uids.length; i += 2) {
    for (let page = pageOf(uids[i] as number); page <= pageOf(uids[i + 1] as number); page++) pages.add(page);
  }
}

/** Undefined when no message is left in it. */
export function packPage(table: MessageTable, page: number): Uint8Array | undefined {
  const from = table.rowFrom(page * PAGE_UIDS);
  const to = table.rowFrom((page + 1) * PAGE_UIDS);
  const count = to - from;
  if (count === 0) return undefined;
  const local = new Map<number, number>();
  const flags = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const id = table.flags[from + i] as number;
    let index = local.get(id);
    if (index === undefined) local.set(id, (index = local.size));
    flags[i] = index;
  }
  let json = JSON.stringify([...local.keys()].map((id) => table.flagSets.flags(id)));
  json = json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8));
  const jsonBytes = Buffer.from(json);
  const bytes = Buffer.alloc(HEAD_BYTES + jsonBytes.length + count * ROW_BYTES);
  bytes[0] = VERSION;
  bytes.writeUInt32LE(count, 4);
  bytes.writeUInt32LE(jsonBytes.length, 8);
  bytes.set(jsonBytes, HEAD_BYTES);
  let at = HEAD_BYTES + jsonBytes.length;
  const put = (column: Float64Array | Uint32Array): void => {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  };
  for (const column of [table.modseqs, table.createdModseqs, table.receivedAts, table.savedAts]) {
    put(column.subarray(from, to));
  }
  put(table.uids.subarray(from, to));
  put(flags);
  for (const column of [table.sizes, table.emailIds, table.threadIds]) put(column.subarray(from, to));
  return bytes;
}

/** How many messages a page holds; throws Fault "io" for bytes that are no page. */
export function countPage(page: Uint8Array): number {
  const bytes = asBuffer(page);
  const count = bytes.length < HEAD_BYTES ? -1 : bytes.readUInt32LE(4);
  const isWhole =
    count >= 0 &&
    bytes[0] === VERSION &&
    bytes.length === HEAD_BYTES + bytes.readUInt32LE(8) + count * ROW_BYTES;
  if (!isWhole) throw new Fault("io", "a page of a mailbox is damaged, or of a newer version");
  return count;
}

/** Adds a page's messages at the table's end; pages come in order. */
export function unpackPage(table: MessageTable, page: Uint8Array): void {
  const count = countPage(page);
  // Columns of eight octets must start at a multiple of eight in their buffer.
  const bytes = page.byteOffset % 8 === 0 ? page : page.slice();
  const jsonLength = asBuffer(bytes).readUInt32LE(8);
  const combinations = JSON.parse(
    asBuffer(bytes).toString("utf8", HEAD_BYTES, HEAD_BYTES + jsonLength),
  ) as string[][];
  const ids = Uint32Array.from(combinations, (flags) => table.flagSets.id(flags));
  const from = table.length;
  table.reserve(from + count);
  let at = bytes.byteOffset + HEAD_BYTES + jsonLength;
  const floats = (): Float64Array => {
    const column = new Float64Array(bytes.buffer, at, count);
    at += count * 8;
    return column;
  };
  const words = (): Uint32Array => {
    const column = new Uint32Array(bytes.buffer, at, count);
    at += count * 4;
    return column;
  };
  const modseqs = floats();
  table.modseqs.set(modseqs, from);
  table.createdModseqs.set(floats(), from);
  table.receivedAts.set(floats(), from);
  table.savedAts.set(floats(), from);
  table.uids.set(words(), from);
  const flags = words();
  for (let i = 0; i < count; i++) table.flags[from + i] = ids[flags[i] as number] as number;
  table.sizes.set(words(), from);
  table.emailIds.set(words(), from);
  table.threadIds.set(words(), from);
  for (let i = 0; i < count; i++) {
    if ((modseqs[i] as number) > table.highestModseq) table.highestModseq = modseqs[i] as number;
  }
  table.flagsModseq = table.highestModseq;
  table.length = from + count;
}
