/**
 * Mbox files as a source: one file is one folder; a folder of them is many (Thunderbird's `Sub` in `Name.sbd`, Apple's
 * `Name.mbox/mbox`). A message has no name of its own in an mbox: it is named by its hash, and by which one of the same
 * bytes in the file it is, so a file that has grown can be read again.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { Fault } from "../base/fault.ts";
import { toFault } from "../engine/files/errno.ts";
import { mboxFlags } from "./mbox-flags.ts";
import { type MboxMessage, MboxSplitter } from "./mbox-splitter.ts";
import {
  IDS_AT_ONCE,
  type MailSource,
  type SourceFolder,
  type SourceItem,
  type Unknown,
  usableFlags,
} from "./source.ts";

/** Limit: of messages gathered before it is asked which of them are new. */
const GATHERED_BYTES_MAX = 8 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

type Named = MboxMessage & { readonly id: string };

/** Rejects with a Fault when there is no mbox. */
export async function openMbox(path: string): Promise<MailSource> {
  const found = new Map<string, { path: string; bytes: number }>();
  for await (const [name, file, bytes] of mboxesIn(path)) found.set(name, { path: file, bytes });
  if (found.size === 0)
    throw new Fault("io", `${path} is no mbox, and there is none in it: one begins with "From "`);

  return {
    identity: "mbox",
    unit: "bytes",
    folders: async () => [...found].map(([name, { bytes }]) => ({ name, role: undefined, total: bytes })),
    async *messages({ name }: SourceFolder, unknown: Unknown): AsyncGenerator<SourceItem, void> {
      for await (const some of gathered(found.get(name)?.path ?? path)) {
        const wanted = await unknown(some.map(({ id }) => id));
        for (const { id, content, receivedAt, fileBytes: weight } of some) {
          if (wanted.has(id))
            yield {
              kind: "message",
              id,
              content,
              receivedAt,
              flags: usableFlags(mboxFlags(content)),
              weight,
            };
          else yield { kind: "known", messages: 1, weight };
        }
      }
    },
    close: () => Promise.resolve(),
  };
}

async function* gathered(path: string): AsyncGenerator<readonly Named[], void> {
  const splitter = new MboxSplitter();
  const times = new Map<string, number>();
  let some: Named[] = [];
  let bytes = 0;
  const add = (messages: readonly MboxMessage[]): void => {
    for (const message of messages) {
      const hash = createHash("sha256").update(message.content).digest("base64url");
      const time = (times.get(hash) ?? 0) + 1;
      // Only what stands there twice need be remembered, but which that is shows at its second time.
      times.set(hash, time);
      some.push({ ...message, id: time === 1 ? hash : `${hash}.${time}` });
      bytes += message.content.length;
    }
  };
  try {
    for await (const piece of createReadStream(path, {
      highWaterMark: READ_BYTES,
    }) as AsyncIterable<Buffer>) {
      add(splitter.push(piece));
      if (bytes < GATHERED_BYTES_MAX && some.length < IDS_AT_ONCE) continue;
      while (some.length > 0) yield some.splice(0, IDS_AT_ONCE);
      bytes = 0;
    }
    add(splitter.end());
    while (some.length > 0) yield some.splice(0, IDS_AT_ONCE);
  } catch (error) {
    throw toFault(error, `read ${path}`);
  }
}

/** Files that begin with "From ". A file alone is INBOX when its name says no more. */
async function* mboxesIn(path: string): AsyncGenerator<[name: string, path: string, bytes: number], void> {
  const found = await stat(path).catch((error: unknown) => {
    throw toFault(error, `read ${path}`);
  });
  if (!found.isDirectory()) {
    if (await isMbox(path)) yield [folderName(basename(path)), path, found.size];
    return;
  }
  yield* nested(path, "");
}

async function* nested(
  folder: string,
  prefix: string,
): AsyncGenerator<[name: string, path: string, bytes: number], void> {
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const apples = join(path, "mbox");
      if (/\.mbox$/i.test(entry.name) && (await isMbox(apples)))
        yield [prefix + folderName(entry.name), apples, (await stat(apples)).size];
      else yield* nested(path, `${prefix}${folderName(entry.name)}/`);
    } else if (entry.isFile() && (await isMbox(path)))
      yield [prefix + folderName(entry.name), path, (await stat(path)).size];
  }
}

function folderName(name: string): string {
  const plain = name.replace(/\.(mbox|mbx|sbd|mail)$/i, "");
  return /^inbox$/i.test(plain) ? "INBOX" : plain;
}

async function isMbox(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(5), 0, 5, 0);
    return bytesRead === 5 && buffer.toString("latin1") === "From ";
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
