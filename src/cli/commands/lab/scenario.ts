/** `lab scenario ls|run|test`: the stories built in, played in memory, each with what it proves. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { Scenario, ScenarioResult } from "../../../lab/scenarios/scenario.ts";
import { styleFor, type Style } from "../../print/style.ts";
import { UsageError } from "../../usage-error.ts";
import { printJson } from "./options.ts";
import { formatJunit } from "./junit.ts";

type ScenarioOptions = { all?: true; json?: true; junit?: string; seed?: string };

const ACTIONS = ["ls", "run", "test"];

const EXAMPLES = `
Examples:
  posthorn lab scenario ls
  posthorn lab scenario run 3              told as a story, with what it proves
  posthorn lab scenario test --all         all of them; exit 1 when one fails
  posthorn lab scenario test 9 10 --junit results.xml`;

export function addScenario(lab: Command): void {
  lab
    .command("scenario")
    .description("play the scenarios built in: ls, run, test")
    .argument("[action]", ACTIONS.join(", "), "ls")
    .argument("[which...]", "numbers or names")
    .option("--all", "all of them")
    .option("--junit <file>", "test: write the results for a build server")
    .option("--seed <number>", "chance follows from it, in place of the scenario's own")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(scenario);
}

async function scenario(action: string, which: string[], options: ScenarioOptions): Promise<void> {
  if (!ACTIONS.includes(action))
    throw new UsageError(`"${action}" is nothing to do with a scenario: expected ${ACTIONS.join(", ")}`);
  // Loaded late: `lab --help` needs none of them.
  const { listScenarios, runScenario } = await import("../../../lab/scenarios/index.ts");
  const known = listScenarios();
  if (action === "ls") return listThem(known, options);
  const chosen = options.all === true ? known : which.map((word) => find(known, word));
  if (chosen.length === 0)
    throw new UsageError(
      `${action} which? Name one by number or name, or --all; "lab scenario ls" lists them`,
    );
  const seed = options.seed === undefined ? undefined : seedOf(options.seed);
  const style = styleFor(process.stdout, process.env);
  const results: ScenarioResult[] = [];
  for (const one of chosen) {
    const result = await runScenario(one, { mode: "simulated", seed });
    results.push(result);
    if (options.json !== true) console.log(resultLines(result, action === "run", style).join("\n"));
  }
  if (options.junit !== undefined) writeFileSync(options.junit, formatJunit(results));
  if (options.json === true) printJson(results);
  else console.log(summary(results, style));
  if (results.some(({ passed }) => !passed)) process.exitCode = 1;
}

function listThem(known: readonly Scenario[], { json }: ScenarioOptions): void {
  if (json === true)
    return printJson(known.map(({ number, name, title, rfcs }) => ({ number, name, title, rfcs })));
  const { dim, name: paint } = styleFor(process.stdout, process.env);
  for (const { number, name, title, rfcs } of known)
    console.log(`${`${number}`.padStart(2)}  ${paint(name.padEnd(24))}  ${title}  ${dim(rfcs.join(", "))}`);
}

function find(known: readonly Scenario[], word: string): Scenario {
  const found = known.find(({ number, name }) => name === word || `${number}` === word.replace(/^0/, ""));
  if (found === undefined)
    throw new UsageError(`there is no scenario "${word}"; "lab scenario ls" lists them`);
  return found;
}

function seedOf(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new UsageError(`--seed is "${text}": expected a number`);
  return Number(text);
}

function resultLines(result: ScenarioResult, isStory: boolean, style: Style): string[] {
  const { number, title, passed, assertions, durationMs, narration, notes } = result;
  const mark = (isGood: boolean): string => (isGood ? style.good("ok") : style.bad("not ok"));
  const lines = [
    `${mark(passed)} ${number} ${style.bold(title)} ${style.dim(`${Math.round(durationMs)} ms`)}`,
  ];
  if (isStory) {
    for (const paragraph of narration)
      lines.push(...wrap(paragraph, style.width - 4).map((one) => `    ${one}`), "");
    for (const note of notes) lines.push(`    ${style.dim("·")} ${note}`);
  }
  for (const { text, passed: isGood, detail } of assertions) {
    lines.push(`    ${mark(isGood)} ${text}`);
    if (detail !== undefined) lines.push(`        ${style.dim(`found: ${detail}`)}`);
  }
  return lines;
}

function summary(results: readonly ScenarioResult[], style: Style): string {
  const failed = results.filter(({ passed }) => !passed).length;
  const assertions = results.reduce((sum, one) => sum + one.assertions.length, 0);
  const seconds = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const text = `${results.length} scenarios, ${assertions} assertions, ${failed} failed, ${seconds.toFixed(1)} s`;
  return failed === 0 ? style.good(text) : style.bad(text);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
