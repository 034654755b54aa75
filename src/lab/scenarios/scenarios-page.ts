/**
 * docs/scenarios.md, made from the scenarios themselves: story, lab file, steps, and what each step proves. Run as a
 * program it writes the page; a test keeps them equal.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { listScenarios } from "./index.ts";
import { runScenario } from "./run-scenario.ts";
import type { Scenario, ScenarioResult } from "./scenario.ts";

export const SCENARIOS_PAGE_FILE = fileURLToPath(new URL("../../../docs/scenarios.md", import.meta.url));

const INTRODUCTION = `# Scenarios

Small mail networks in which one thing happens, told from the beginning. Each is played by real servers with real DNS in
memory, and each sentence under "What happens" is checked while it is played: the same scenarios are the tests of Posthorn.

    posthorn lab scenario ls                  the list
    posthorn lab scenario run null-mx         one of them, told as a story
    posthorn lab scenario test --all          all of them, each with what it proves
    posthorn lab up null-mx                   its network, to try things out by hand

The lab files below work as they are: copy one into \`mail.lab.yaml\` and change it. A number that is missing belongs to a
scenario that is not there yet.
`;

/** The page, from scenarios and the results of playing them. */
export function scenariosPage(
  scenarios: readonly Scenario[],
  results: readonly Pick<ScenarioResult, "number" | "assertions">[],
): string {
  const list = scenarios.map(({ number, title }) => `- [${number}. ${title}](#${anchorOf(number, title)})`);
  const sections = scenarios.map((scenario) => {
    return section(scenario, results.find(({ number }) => number === scenario.number)?.assertions ?? []);
  });
  return [INTRODUCTION, `${list.join("\n")}\n`, ...sections].join("\n");
}

function section(scenario: Scenario, assertions: ScenarioResult["assertions"]): string {
  const { number, title, name, rfcs, narration, lab } = scenario;
  const lines = [
    `## ${number}. ${title}`,
    "",
    `\`posthorn lab scenario run ${name}\` · ${rfcs.join(", ")}`,
    "",
    narration.map(escaped).join("\n\n"),
    "",
    "```yaml",
    lab.trim(),
    "```",
    "",
    "What happens:",
    "",
  ];
  let step: string | undefined;
  for (const assertion of assertions) {
    if (assertion.step !== step && assertion.step !== undefined) lines.push(`- ${escaped(assertion.step)}`);
    step = assertion.step;
    lines.push(`${step === undefined ? "" : "  "}- ${escaped(assertion.text)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Addresses in angle brackets and stars are no markup. */
function escaped(text: string): string {
  return text.replace(/[<>*_\\]/g, "\\$&");
}

/** As the usual renderers make it: lower case, punctuation left out, blanks as hyphens. */
function anchorOf(number: number, title: string): string {
  return `${number}. ${title}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, "")
    .replace(/ /g, "-");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const scenarios = listScenarios();
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) results.push(await runScenario(scenario));
  writeFileSync(SCENARIOS_PAGE_FILE, scenariosPage(scenarios, results));
}
