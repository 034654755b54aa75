/** `lab clock`: the lab's time, and moving it. */
import type { Command } from "commander";
import type { InfoView } from "../../../lab/api/views.ts";
import { labClient } from "../../lab-client.ts";
import { UsageError } from "../../usage-error.ts";
import { printJson, withLab, type LabOptions } from "./options.ts";

export function addClock(lab: Command): void {
  withLab(lab.command("clock").description("the lab's time: show, move, stop, speed up"))
    .argument("[action]", "now (default), advance, next, pause, resume, or x60 for a minute a second", "now")
    .argument("[by]", "advance: how far, such as 4h")
    .addHelpText(
      "after",
      "\nExamples:\n  posthorn lab clock advance 4h   every retry due on the way happens, in order\n  posthorn lab clock next         to the next thing due\n  posthorn lab clock x60",
    )
    .action(async (action: string, by: string | undefined, options: LabOptions) => {
      const info = await labClient(options.lab).post<InfoView>("/clock", request(action, by));
      if (options.json === true) return printJson(info);
      const pace = info.paused ? "stands still" : info.speed === 1 ? "runs" : `runs at x${info.speed}`;
      console.log(`${info.now} (${pace})`);
      return undefined;
    });
}

function request(action: string, by: string | undefined): object {
  const factor = /^x(\d+(?:\.\d+)?)$/.exec(action)?.[1];
  if (factor !== undefined) return { action: "speed", factor: Number(factor) };
  if (!["now", "advance", "next", "pause", "resume"].includes(action))
    throw new UsageError(`"${action}" is nothing the clock does: now, advance 4h, next, pause, resume, x60`);
  if (action === "advance" && by === undefined)
    throw new UsageError('advance needs how far: "lab clock advance 4h"');
  return by === undefined ? { action } : { action, by };
}
