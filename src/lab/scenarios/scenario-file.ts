/** A scenario's network as a lab file of one's own, to try things out by hand: `lab up null-mx`. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listScenarios } from "./index.ts";

/** Writes it into a fresh folder and returns its path; undefined when no scenario has this name or number. */
export async function writeScenarioFile(which: string): Promise<string | undefined> {
  const found = listScenarios().find(({ name, number }) => name === which || String(number) === which);
  if (found === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "posthorn-scenario-"));
  const file = join(folder, `${found.name}.lab.yaml`);
  const told = found.narration.map((paragraph) => `# ${paragraph}\n`).join("#\n");
  await writeFile(file, `# ${found.title}\n#\n${told}${found.lab.trimStart()}`);
  return file;
}
