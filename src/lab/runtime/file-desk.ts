/**
 * The file a lab was brought up from, beside what runs: a changed text is checked, taken up, taken back, and written to
 * the file only when somebody asks. A text with a mistake changes nothing. One change at a time.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { SettingsProblem } from "../../settings/yaml-file.ts";
import { readLabFile } from "../file/read-lab-file.ts";
import { LabError, type Lab } from "../lab.ts";

export type FileDesk = {
  /** `mail.lab.yaml`. */
  readonly name: string;
  readonly path: string;
  /** What runs. */
  text(): string;
  /** What stands in the file now; undefined when it is gone. */
  saved(): Promise<string | undefined>;
  readonly canUndo: boolean;
  /** Takes a text up; the hosts that were started anew, or what is wrong with it. */
  apply(text: string): Promise<Applied>;
  /** Back to what ran before the last change. */
  undo(): Promise<Applied>;
  /** Writes what runs into the file. Throws LabError when somebody else wrote it since `before`. */
  save(before: string | undefined): Promise<void>;
  /** Called when the file may have changed: takes it up, unless it is what runs. Undefined: nothing new. */
  fileChanged(): Promise<Applied | undefined>;
};

export type Applied =
  | { readonly ok: true; readonly restarted: readonly string[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** Limit: as far back as somebody remembers. */
const UNDO_MAX = 50;

export function createFileDesk(lab: Lab, file: string, text: string): FileDesk {
  const path = resolve(file);
  const earlier: string[] = [];
  let running = text;
  let onDisk = text;
  let last: Promise<unknown> = Promise.resolve();

  /** After whatever is under way, however that ends. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  }

  async function takeUp(next: string): Promise<Applied> {
    const read = readLabFile(next, file);
    if (!read.ok) return { ok: false, problems: read.error };
    const restarted = await lab.reload(read.value);
    running = next;
    return { ok: true, restarted };
  }

  async function change(next: string): Promise<Applied> {
    const before = running;
    const applied = await takeUp(next);
    if (applied.ok && next !== before) {
      earlier.push(before);
      if (earlier.length > UNDO_MAX) earlier.shift();
    }
    return applied;
  }

  const saved = (): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);

  return {
    name: basename(path),
    path,
    text: () => running,
    saved,
    get canUndo() {
      return earlier.length > 0;
    },
    apply: (next) => inTurn(() => change(next)),
    undo: () =>
      inTurn(async () => {
        const before = earlier.at(-1);
        if (before === undefined) throw new LabError("nothing was changed since the lab came up");
        const applied = await takeUp(before);
        if (applied.ok) earlier.pop();
        return applied;
      }),
    save: (before) =>
      inTurn(async () => {
        if ((await saved()) !== before)
          throw new LabError(`${basename(path)} was changed by somebody else meanwhile: look at it first`);
        onDisk = running;
        await writeFile(path, running);
      }),
    fileChanged: () =>
      inTurn(async () => {
        const now = await saved();
        if (now === undefined || now === onDisk) return undefined;
        onDisk = now;
        return now === running ? undefined : change(now);
      }),
  };
}
