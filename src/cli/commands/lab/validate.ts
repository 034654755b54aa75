/** `lab validate FILE`: says what is wrong with a lab file, by line and column, and starts nothing. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { readLabFile } from "../../../lab/file/read-lab-file.ts";
import { formatProblem } from "../../../settings/yaml-file.ts";
import { styleFor } from "../../print/style.ts";
import { UsageError } from "../../usage-error.ts";
import { printJson } from "./options.ts";

export function addValidate(lab: Command): void {
  lab
    .command("validate")
    .description("say what is wrong with a lab file, and start nothing")
    .argument("[file]", "the lab file", "mail.lab.yaml")
    .option("--json", "print JSON")
    .action(validate);
}

function validate(file: string, options: { json?: true }): void {
  const read = readLabFile(readTextFile(file), file);
  const style = styleFor(process.stderr, process.env);
  if (options.json === true)
    printJson(read.ok ? { ok: true, warnings: read.value.warnings } : { ok: false, problems: read.error });
  if (!read.ok) {
    if (options.json !== true)
      for (const problem of read.error) console.error(style.bad(formatProblem(problem)));
    process.exitCode = 2;
    return;
  }
  if (options.json === true) return;
  for (const { message, rfc, line } of read.value.warnings)
    console.error(
      style.wait(
        `${file}${line === undefined ? "" : `:${line}`}: warning: ${message}${rfc === undefined ? "" : ` (${rfc})`}`,
      ),
    );
  console.log(`${file}: good: ${read.value.hosts.length} hosts, ${read.value.zones.length} zones`);
}

export function readTextFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
}
