/** Every built-in scenario, played twice: it holds, and it is the same to the byte. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { formatEvents } from "../../src/journal/ndjson.ts";
import { listScenarios, runScenario, type Scenario } from "../../src/lab/scenarios/index.ts";
import type { ScenarioResult } from "../../src/lab/scenarios/index.ts";
import { scenariosPage, SCENARIOS_PAGE_FILE } from "../../src/lab/scenarios/scenarios-page.ts";

/** All of them once. */
const ALL_MS_MAX = 20_000;

const first = new Map<number, ScenarioResult>();

async function play(scenario: Scenario, seed?: number): Promise<{ result: ScenarioResult; journal: string }> {
  let journal = "";
  const result = await runScenario(scenario, {
    seed,
    onJournal: (events) => {
      journal = formatEvents(events);
    },
  });
  return { result, journal };
}

function failures({ assertions }: ScenarioResult): string[] {
  return assertions.filter(({ passed }) => !passed).map(({ text, detail }) => `${text}; found: ${detail}`);
}

test("the scenarios are those of the plan: 1 to 13 and 15 to 22, each with a name of its own", () => {
  const scenarios = listScenarios();
  const wanted = Array.from({ length: 22 }, (_, i) => i + 1).filter((number) => number !== 14);
  assert.deepEqual(
    scenarios.map(({ number }) => number),
    wanted,
  );
  assert.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length);
  for (const { name, narration, rfcs } of scenarios) {
    assert.ok(narration.length >= 2 && narration.join(" ").includes("RFC "), `${name} tells its story`);
    assert.ok(
      rfcs.every((rfc) => /^RFC \d+(?: §[\d.]+)?$/.test(rfc)),
      `${name} cites sections`,
    );
  }
});

for (const scenario of listScenarios()) {
  const { number, title } = scenario;
  test(`scenario ${number} holds, and again byte for byte: ${title}`, async (context) => {
    const one = await play(scenario);
    first.set(number, one.result);
    context.diagnostic(`${one.result.assertions.length} assertions, ${Math.round(one.result.durationMs)} ms`);
    assert.deepEqual(failures(one.result), []);
    const two = await play(scenario);
    assert.deepEqual(failures(two.result), []);
    assert.ok(one.journal.length > 1_000, "the journal has something in it");
    assert.equal(two.journal, one.journal);
    assert.deepEqual(two.result.traces, one.result.traces);
  });
}

test("another seed gives another journal, and the scenario holds all the same", async () => {
  const [direct] = listScenarios();
  assert.ok(direct !== undefined);
  const here = await play(direct, 1);
  const there = await play(direct, 2);
  assert.deepEqual([...failures(here.result), ...failures(there.result)], []);
  assert.notEqual(here.journal, there.journal);
});

test("all scenarios together take less than 20 seconds", (context) => {
  const totalMs = [...first.values()].reduce((sum, { durationMs }) => sum + durationMs, 0);
  context.diagnostic(`${Math.round(totalMs)} ms for ${first.size} scenarios`);
  assert.equal(first.size, listScenarios().length);
  assert.ok(totalMs < ALL_MS_MAX, `${totalMs} ms`);
});

test("the page of scenarios is the one the scenarios make", () => {
  const page = scenariosPage(listScenarios(), [...first.values()]);
  const told = "run `node src/lab/scenarios/scenarios-page.ts` to write docs/scenarios.md again";
  assert.ok(readFileSync(SCENARIOS_PAGE_FILE, "utf8") === page, told);
});

test("a scenario whose assertion does not hold has failed, and says what was found", async () => {
  const [direct] = listScenarios();
  assert.ok(direct !== undefined);
  const broken: Scenario = {
    ...direct,
    play: async ({ check }) => check("a message arrives", false, { mails: 0 }),
  };
  const { result } = await play(broken);
  assert.equal(result.passed, false);
  assert.deepEqual(result.assertions, [{ text: "a message arrives", passed: false, detail: '{"mails":0}' }]);
  const empty = await runScenario({ ...direct, play: async () => undefined });
  assert.equal(empty.passed, false, "a scenario that checks nothing has failed");
  const thrown = await runScenario({ ...direct, play: () => Promise.reject(new Error("no such inbox")) });
  assert.deepEqual(failures(thrown), ["the scenario comes to its end; found: no such inbox"]);
});
