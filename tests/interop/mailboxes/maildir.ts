/** A Maildir as the programs here write it: what stands in it, with Maildir's letters for flags. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Maildir's info letters (cr.yp.to/proto/maildir.html) and IMAP's flags. */
const FLAGS: readonly (readonly [letter: string, flag: string])[] = [
  ["D", "\\Draft"],
  ["F", "\\Flagged"],
  ["R", "\\Answered"],
  ["S", "\\Seen"],
  ["T", "\\Deleted"],
];

export type Kept = { readonly file: string; readonly flags: readonly string[]; readonly bytes: Buffer };

export function makeMaildir(path: string): string {
  for (const part of ["cur", "new", "tmp"]) mkdirSync(join(path, part), { recursive: true });
  return path;
}

/** With LF, as mail lies on a disk. */
export function putLetter(maildir: string, name: string, bytes: Buffer, letters = ""): void {
  const lines = Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
  writeFileSync(join(maildir, "cur", `${name}:2,${letters}`), lines);
}

export function readMaildir(maildir: string): Kept[] {
  return ["cur", "new"].flatMap((part) => {
    const folder = join(maildir, part);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).map((name) => {
      const letters = name.split(":2,")[1] ?? "";
      const flags = FLAGS.filter(([letter]) => letters.includes(letter)).map(([, flag]) => flag);
      return { file: join(folder, name), flags: flags.toSorted(), bytes: readFileSync(join(folder, name)) };
    });
  });
}
