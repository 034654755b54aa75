/**
 * A Maildir as a source: Maildir++ (`.Sent.2024` beside `cur`) or folders in folders, with Dovecot's keywords. A message
 * is named by its file's base name, which flags and the move from new/ to cur/ leave alone; its date is the file's.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../base/fault.ts";
import { toFault } from "../engine/files/errno.ts";
import { lineFeedsToCrlf } from "../message/line-ends.ts";
import { decodeModifiedUtf7 } from "../protocol/imap/modified-utf7.ts";
import { baseName, byDelivery, flagsOf, parseKeywords } from "./maildir-flags.ts";
import {
  IDS_AT_ONCE,
  type MailSource,
  type SourceFolder,
  type SourceItem,
  type Unknown,
  usableFlags,
} from "./source.ts";

type File = { readonly name: string; readonly path: string };

/** Rejects with a Fault when there is no Maildir. */
export async function openMaildir(folder: string): Promise<MailSource> {
  if (!(await isMaildir(folder)))
    throw new Fault("io", `${folder} is no Maildir: a folder with cur/, new/ and tmp/ is one`);
  const pathOf = new Map<string, string>();

  return {
    identity: "maildir",
    unit: "messages",
    async folders() {
      const found: SourceFolder[] = [];
      for await (const [name, path] of foldersIn(folder)) {
        pathOf.set(name, path);
        found.push({ name, role: undefined, total: (await filesOf(path)).length });
      }
      return found;
    },
    async *messages({ name }: SourceFolder, unknown: Unknown): AsyncGenerator<SourceItem, void> {
      const path = pathOf.get(name) ?? folder;
      const keywords = parseKeywords((await readIfThere(join(path, "dovecot-keywords"))) ?? "");
      const files = await filesOf(path);
      for (let at = 0; at < files.length; at += IDS_AT_ONCE) {
        const some = files.slice(at, at + IDS_AT_ONCE);
        const wanted = await unknown(some.map((file) => baseName(file.name)));
        const news = some.filter((file) => wanted.has(baseName(file.name)));
        if (news.length < some.length) {
          const messages = some.length - news.length;
          yield { kind: "known", messages, weight: messages };
        }
        for (const file of news) yield await readMessage(file, keywords);
      }
    },
    close: () => Promise.resolve(),
  };
}

async function readMessage(file: File, keywords: readonly (string | undefined)[]): Promise<SourceItem> {
  const id = baseName(file.name);
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(file.path), stat(file.path)]);
    return {
      kind: "message",
      id,
      content: lineFeedsToCrlf(content),
      flags: usableFlags(flagsOf(file.name, keywords)),
      receivedAt: Math.max(0, Math.floor(mtimeMs / 1_000) * 1_000),
      weight: 1,
    };
  } catch (error) {
    return { kind: "unreadable", id, why: toFault(error, `read ${file.path}`).message, weight: 1 };
  }
}

/** The messages of a folder as they came in. One that a server moves meanwhile is found in the next run. */
async function filesOf(folder: string): Promise<File[]> {
  const files: File[] = [];
  for (const part of ["new", "cur"]) {
    for (const name of await namesIn(join(folder, part)))
      if (!name.startsWith(".")) files.push({ name, path: join(folder, part, name) });
  }
  return files.sort((a, b) => byDelivery(a.name, b.name));
}

/** INBOX is the Maildir itself. `.A.B` of Maildir++ is `A/B`; so is the folder `B` in the folder `A`. */
async function* foldersIn(root: string): AsyncGenerator<[name: string, path: string], void> {
  yield ["INBOX", root];
  for (const entry of await namesIn(root)) {
    const path = join(root, entry);
    if (entry.startsWith(".") && (await isMaildir(path)))
      yield [nameOf(entry.slice(1).replaceAll(".", "/")), path];
  }
  yield* nested(root, "");
}

async function* nested(folder: string, prefix: string): AsyncGenerator<[name: string, path: string], void> {
  for (const entry of await namesIn(folder)) {
    if (entry.startsWith(".") || ["cur", "new", "tmp"].includes(entry)) continue;
    const path = join(folder, entry);
    if (!(await isFolder(path))) continue;
    if (await isMaildir(path)) yield [nameOf(prefix + entry), path];
    yield* nested(path, `${prefix}${entry}/`);
  }
}

/** Old Dovecots wrote names in IMAP's modified UTF-7; a name that is none stays as it is. */
function nameOf(name: string): string {
  return decodeModifiedUtf7(name) ?? name;
}

async function isMaildir(folder: string): Promise<boolean> {
  return (await isFolder(join(folder, "cur"))) && (await isFolder(join(folder, "new")));
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw toFault(error, `list ${folder}`);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
