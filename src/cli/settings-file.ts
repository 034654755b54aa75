/**
 * The settings file of a running server as its administrator's desk keeps it: written whole, with the text before it in
 * FILE.bak, both as readable as the file was. When the server cannot run by the new text the old one is put back.
 */
import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { Fault } from "../base/fault.ts";
import type { Files } from "../base/files.ts";
import type { Result } from "../base/result.ts";
import type { SettingsKeeper } from "../server/http/admin/settings-desk.ts";
import type { HostSettings } from "../settings/host-settings.ts";

export type SettingsFileOptions = {
  readonly file: string;
  /** By which the server was started. */
  readonly text: string;
  readonly files: Files;
  /** The folder of queue and mailboxes, as it is used. */
  readonly data: string;
  readonly folder: string;
  /** Has the server run by other settings; "no": it runs as before. */
  readonly restart: (settings: HostSettings) => Promise<Result<undefined, string>>;
};

export function settingsFile(options: SettingsFileOptions): SettingsKeeper {
  const { file, files, data, folder, restart } = options;
  let running = options.text;

  async function read(): Promise<string> {
    const bytes = await files.readFile(file);
    if (bytes === undefined) throw new Fault("io", `${file} is not there any more`);
    return Buffer.from(bytes).toString("utf8");
  }

  async function previous(): Promise<string | undefined> {
    const bytes = await files.readFile(`${file}.bak`);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }

  async function write(path: string, text: string): Promise<void> {
    // A link to the settings stays one.
    const real = await realpath(path).catch(() => path);
    await files.writeAtomically(real, Buffer.from(text), { modeOf: file });
  }

  return {
    where: file,
    isFile: true,
    severs: true,
    read,
    previous,
    running: () => running,
    objections: (settings) => {
      if (resolve(folder, settings.data) === data) return [];
      const message = `queue and mailboxes are in ${data}: stop the server, move the folder, then change this in the file`;
      return [{ path: "data", message }];
    },
    async take(text, settings) {
      const [before, earlier] = [await read(), await previous()];
      const putBack = async (): Promise<void> => {
        await write(file, before);
        if (earlier === undefined) await files.remove(`${file}.bak`);
        else await write(`${file}.bak`, earlier);
      };
      try {
        await write(`${file}.bak`, before);
        await write(file, text);
      } catch (error) {
        await putBack().catch(() => undefined);
        throw error;
      }
      const done = await restart(settings);
      if (done.ok) running = text;
      else await putBack();
      return done;
    },
  };
}
