import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { startLab } from "../open-lab.ts";
import type { Trace } from "../../journal/trace.ts";
import { createScenarioRuns } from "../scenarios/scenario-runs.ts";
import { createLabWeb } from "./lab-web.ts";
import type { ScenarioCard, ScenarioRunView, ScenarioView } from "./scenario-routes.ts";

const YOU = { address: "127.0.0.1" };
const NO_APP = { find: () => Promise.resolve(undefined) };

async function open(context: TestContext) {
  const lab = await startLab({}, { mode: "simulated" });
  context.after(() => lab.down());
  const web = createLabWeb({ lab, stop: () => undefined }, NO_APP, { checkAnswers: true });
  return async (method: string, path: string, body?: unknown): Promise<Response> => {
    const headers = { host: "127.0.0.1:8066" };
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    return web(new Request(`http://127.0.0.1:8066/lab/v1${path}`, { method, headers, ...given }), YOU);
  };
}

type Told = { readonly event: string; readonly data: { readonly [key: string]: unknown } };

/** Reads the stream up to its `end`. */
async function progressOf(answer: Response): Promise<Told[]> {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!/^event: end\ndata: .*\n/m.test(text))
    text += decoder.decode((await reader.read()).value, { stream: true });
  await reader.cancel();
  return [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event = "", data = ""]) => {
    return { event, data: JSON.parse(data) as Told["data"] };
  });
}

test("a scenario is played step by step, with its assertions, its events and its journeys", async (context) => {
  const ask = await open(context);
  const cards = (await (await ask("GET", "/scenarios")).json()) as ScenarioCard[];
  const card = cards.find(({ name }) => name === "greylisting");
  assert.match(card?.line ?? "", /^Most spam is sent by programs that try once and go on\. So kerio .*[.]$/);
  const begun = (await (await ask("POST", "/scenarios/greylisting/runs", {})).json()) as ScenarioRunView;
  assert.equal(begun.state, "running");
  const told = await progressOf(await ask("GET", `/scenario-runs/${begun.id}/progress`));
  const steps = told.flatMap(({ event, data }) => (event === "note" ? [data["text"]] : []));
  assert.deepEqual(steps, ["A spammer tries once.", "Ann writes for the first time.", "Ann writes again."]);
  assert.ok(told.some(({ event }) => event === "events"));
  assert.deepEqual([told.at(-1)?.event, told.at(-1)?.data["passed"]], ["end", true]);
  const run = (await (await ask("GET", `/scenario-runs/${begun.id}`)).json()) as ScenarioRunView;
  assert.equal(run.state, "passed");
  assert.ok(run.assertions.length >= 7 && run.assertions.every(({ passed }) => passed));
  const traces = (await (await ask("GET", `/scenario-runs/${begun.id}/traces`)).json()) as Trace[];
  assert.ok(traces.some(({ subject }) => subject === "First letter"));
  const rest = await progressOf(
    await ask("GET", `/scenario-runs/${begun.id}/progress?after=${told.length - 1}`),
  );
  assert.deepEqual(
    rest.map(({ event }) => event),
    ["end"],
  );
});

test("a run's journeys are told with each step, as they stand then; who comes back is given only what went on", async (context) => {
  const ask = await open(context);
  const begun = (await (await ask("POST", "/scenarios/host-down/runs", {})).json()) as ScenarioRunView;
  const told = await progressOf(await ask("GET", `/scenario-runs/${begun.id}/progress`));
  const journeysIn = ({ event, data }: Told): Trace[] =>
    event === "events" ? (data["journeys"] as Trace[]) : [];
  /** What is known of each journey after so many pieces. */
  const known = (pieces: readonly Told[]): Trace[] => {
    const byId = new Map(pieces.flatMap(journeysIn).map((trace) => [trace.id, trace]));
    return [...byId.values()].sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
  };
  const stages = told.map((_, at) => known(told.slice(0, at + 1))[0]?.results[0]?.result);
  const ways = stages.filter((result, at) => result !== undefined && result !== stages[at - 1]);
  assert.deepEqual(ways, ["queued", "deferred", "expired"]);
  const last = stages.indexOf("expired");
  assert.ok(last < told.findLastIndex(({ event }) => event === "assertion"));

  const whole = (await (await ask("GET", `/scenario-runs/${begun.id}/traces`)).json()) as Trace[];
  assert.deepEqual(known(told), whole);
  const rest = await progressOf(await ask("GET", `/scenario-runs/${begun.id}/progress?after=${last}`));
  assert.deepEqual(rest.flatMap(journeysIn), told.slice(last).flatMap(journeysIn));
});

test("a scenario whose network is broken says which assertions no longer hold, and what was found", async (context) => {
  const ask = await open(context);
  const { lab } = (await (await ask("GET", "/scenarios/greylisting")).json()) as ScenarioView;
  const changed = lab.replace(", policies: { greylist: 5m }", "");
  assert.notEqual(changed, lab);
  const begun = (await (
    await ask("POST", "/scenarios/greylisting/runs", { lab: changed })
  ).json()) as ScenarioRunView;
  await progressOf(await ask("GET", `/scenario-runs/${begun.id}/progress`));
  const run = (await (await ask("GET", `/scenario-runs/${begun.id}`)).json()) as ScenarioRunView;
  assert.equal(run.state, "failed");
  const failed = run.assertions.find(({ text }) => text === "the spammer is put off with 450 4.7.1");
  assert.equal(failed?.passed, false);
  assert.match(failed?.detail ?? "", /^250 /);
});

test("a lab file with a mistake starts no run, and says where it is; what is not there is not found", async (context) => {
  const ask = await open(context);
  const wrong = await ask("POST", "/scenarios/greylisting/runs", { lab: "hosts:\n  mx: { rule: relay }\n" });
  assert.equal(wrong.status, 400);
  const { problems } = (await wrong.json()) as { problems: { path: string; message: string }[] };
  assert.equal(problems[0]?.path, "2:9 hosts.mx");
  assert.equal((await ask("GET", "/scenarios/nothing")).status, 404);
  assert.equal((await ask("GET", "/scenario-runs/nothing")).status, 404);
});

test("two scenarios are played at once, and no third; what goes down with the lab says so", async () => {
  const runs = createScenarioRuns(Date.now, () => crypto.randomUUID());
  const lab = "hosts: { mx: { role: mailbox } }\n";
  const ids: string[] = [];
  try {
    const [first, second] = [runs.start({ name: "bcc", lab }), runs.start({ name: "bcc", lab })];
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(runs.start({ name: "bcc", lab }), undefined);
    ids.push(first.id);
    await runs.close();
    assert.equal(first.end?.why, "the lab went down");
    assert.equal(runs.find(first.id), undefined);
  } finally {
    await runs.close();
  }
});
