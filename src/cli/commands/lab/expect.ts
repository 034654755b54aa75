/** `lab expect`: carries out the `expect:` of the lab file; exit 1 when one is missed. */
import type { Command } from "commander";
import type { ExpectationResult } from "../../../lab/lab.ts";
import { labClient } from "../../lab-client.ts";
import { styleFor } from "../../print/style.ts";
import { printJson, withLab, type LabOptions } from "./options.ts";

export function addExpect(lab: Command): void {
  withLab(
    lab.command("expect").description("send what expect: of the lab file names; exit 1 when it is missed"),
  ).action(async (options: LabOptions) => {
    const results = await labClient(options.lab).get<ExpectationResult[]>("/expect");
    if (results.some(({ ok }) => !ok)) process.exitCode = 1;
    if (options.json === true) return printJson(results);
    const style = styleFor(process.stdout, process.env);
    if (results.length === 0) console.log("the lab file expects nothing");
    for (const { ok, what, found } of results)
      console.log(`${ok ? style.good("ok") : style.bad("not ok")}  ${what}\n    ${style.dim(found)}`);
    return undefined;
  });
}
