/** `posthorn explain [PATH]`: what a setting means, from the one schema that documents it. */
import type { Command } from "commander";
import { findSetting, type JsonSchema, settingsBelow, settingsJsonSchema } from "../../settings/reference.ts";

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("say what a setting means, its form and its default")
    .argument("[path]", "such as queue.retry; all settings when absent")
    .addHelpText("after", "\nExamples:\n  posthorn explain queue.retry\n  posthorn explain policies")
    .action((path: string | undefined) => {
      const found = findSetting(settingsJsonSchema(), path?.split(".") ?? []);
      if (found === undefined) {
        console.error(`there is no setting "${path}"; "posthorn explain" lists them all`);
        process.exitCode = 2;
        return;
      }
      console.log(describe(path ?? "", found).join("\n"));
    });
}

function describe(path: string, schema: JsonSchema): string[] {
  return settingsBelow(path, schema).flatMap(({ path: name, form, about, default: usual }) => [
    `${name}${form === "" ? "" : `: ${form}`}${usual === undefined ? "" : ` (default ${usual})`}`,
    ...(about === "" ? [] : [`    ${about}`]),
  ]);
}
