/** The lab a scenario is played on: in memory, or on loopback with its folders in a temporary place. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HttpPost } from "../../base/http.ts";
import { readLabFile } from "../file/read-lab-file.ts";
import type { Lab, LabMode } from "../lab.ts";
import { LabFileError, startLab, startSimulated } from "../open-lab.ts";
import { createMemoryFiles } from "../world/memory-files.ts";
import type { Scenario } from "./scenario.ts";

export type StageLab = {
  readonly lab: Lab;
  /** A file of a drop folder; undefined when there is none. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
};

export type StageLabOptions = {
  readonly mode: LabMode;
  readonly seed: number | undefined;
  readonly post: HttpPost;
};

export function openStageLab(scenario: Scenario, options: StageLabOptions): Promise<StageLab> {
  return options.mode === "simulated" ? inMemory(scenario, options) : onLoopback(scenario, options);
}

async function inMemory({ lab: text, name }: Scenario, { seed, post }: StageLabOptions): Promise<StageLab> {
  const read = readLabFile(text, fileNameOf(name));
  if (!read.ok) throw new LabFileError(read.error);
  const files = createMemoryFiles();
  const plan = seed === undefined ? read.value : { ...read.value, seed };
  const lab = await startSimulated(plan, { post, files });
  return { lab, readFile: (path) => files.readFile(path), close: () => lab.down() };
}

async function onLoopback({ lab: text, name }: Scenario, { seed, post }: StageLabOptions): Promise<StageLab> {
  const folder = await mkdtemp(join(tmpdir(), "posthorn-scenario-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const file = join(folder, fileNameOf(name));
    await writeFile(file, text);
    const lab = await startLab(file, { mode: "loopback", ports: "dynamic", seed, post });
    return {
      lab,
      readFile: (path) => readFile(path),
      async close() {
        await lab.down();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function fileNameOf(name: string): string {
  return `${name}.lab.yaml`;
}
