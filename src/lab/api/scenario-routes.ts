/** The scenarios built in: their stories, and playing them, with their own lab file or a changed one. */
import { z } from "zod";
import { listTraces } from "../../journal/trace.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { resumeAfter, streamEvents } from "../../server/http/event-stream.ts";
import { readLabFile } from "../file/read-lab-file.ts";
import { listScenarios } from "../scenarios/index.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { createRunJourneys } from "../scenarios/run-journeys.ts";
import type { ScenarioRun } from "../scenarios/scenario-runs.ts";
import { labFileProblems } from "./file-problems.ts";
import { type LabPlace, labRoute } from "./lab-place.ts";
import { everyRealMs } from "./live-source.ts";
import { traceSchema } from "./trace-schemas.ts";

export const scenarioCardSchema = z
  .object({
    number: z.number(),
    name: z.string(),
    title: z.string(),
    rfcs: z.array(z.string()),
    line: z.string().describe("What happens, in a sentence or two."),
  })
  .meta({ id: "ScenarioCard", description: "A scenario in the list." });
export type ScenarioCard = z.infer<typeof scenarioCardSchema>;

export const scenarioViewSchema = scenarioCardSchema
  .extend({
    narration: z.array(z.string()).describe("What happens and why, a paragraph each."),
    lab: z.string().describe("Its lab file."),
  })
  .meta({ id: "Scenario", description: "A small lab, and the story of what happens in it." });
export type ScenarioView = z.infer<typeof scenarioViewSchema>;

export const assertionSchema = z.object({
  text: z.string(),
  passed: z.boolean(),
  step: z.string().optional().describe("The step it comes after."),
  detail: z.string().optional().describe("What was found instead."),
});
export type AssertionView = z.infer<typeof assertionSchema>;

export const scenarioRunSchema = z
  .object({
    id: z.string(),
    scenario: z.string(),
    lab: z.string().describe("The lab file it is played on."),
    startedAt: z.number().describe("Real time."),
    state: z.enum(["running", "passed", "failed"]),
    why: z.string().optional().describe("Why it was ended before its end."),
    durationMs: z.number().optional(),
    assertions: z.array(assertionSchema),
  })
  .meta({ id: "ScenarioRun", description: "One time a scenario was played." });
export type ScenarioRunView = z.infer<typeof scenarioRunSchema>;

const nameParams = z.strictObject({ name: z.string() });
const runParams = z.strictObject({ id: z.string() });

export const scenarioRoutes = [
  labRoute(
    {
      method: "get",
      path: "/scenarios",
      summary: "The scenarios built in.",
      answer: z.array(scenarioCardSchema),
    },
    () => listScenarios().map(card),
  ),
  labRoute(
    {
      method: "get",
      path: "/scenarios/:name",
      summary: "One scenario: its story and its lab file.",
      params: nameParams,
      answer: scenarioViewSchema,
      example: { path: "/scenarios/greylisting" },
    },
    (_, { params }): ScenarioView => {
      const scenario = find(params.name);
      return { ...card(scenario), narration: [...scenario.narration], lab: scenario.lab.trimStart() };
    },
  ),
  labRoute(
    {
      method: "post",
      path: "/scenarios/:name/runs",
      summary: "Plays a scenario in memory, on its own lab file or a changed one.",
      notes:
        "It takes a fraction of a second of real time, whatever the story's. 429 while two are under way.",
      params: nameParams,
      body: z.strictObject({ lab: z.string().max(200_000).optional().describe("In place of its lab file.") }),
      answer: scenarioRunSchema,
      example: { path: "/scenarios/greylisting/runs", body: {} },
    },
    ({ runs }, { params, body }) => {
      const scenario = find(params.name);
      const lab = body.lab ?? scenario.lab.trimStart();
      const read = readLabFile(lab, `${scenario.name}.lab.yaml`);
      if (!read.ok) throw new ApiError(400, "the lab file is wrong", labFileProblems(read.error));
      const run = runs.start({ name: scenario.name, lab });
      if (run === undefined) throw new ApiError(429, "two scenarios are being played: wait for them to end");
      return runView(run);
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/scenario-runs/:id",
      summary: "How a run stands: its assertions so far.",
      params: runParams,
      answer: scenarioRunSchema,
    },
    (place, { params }) => runView(findRun(place, params.id)),
  ),
  labRoute(
    {
      method: "get",
      path: "/scenario-runs/:id/progress",
      summary:
        "What a run tells, from its beginning and as it happens, as server-sent events; the last is `end`.",
      notes:
        "Events are `note`, `measured`, `assertion`, `events` (of its journal, with the `journeys` that are new or went on) and `end`.",
      params: runParams,
      query: z.strictObject({ after: z.coerce.number().int().nonnegative().default(0) }),
      answer: { media: "text/event-stream", about: "`event` is the kind, `data` the rest as JSON" },
    },
    (place, { params, query, request }) => streamProgress(findRun(place, params.id), request, query.after),
  ),
  labRoute(
    {
      method: "get",
      path: "/scenario-runs/:id/traces",
      summary: "Every journey of a run, oldest first.",
      params: runParams,
      answer: z.array(traceSchema),
    },
    (place, { params }) => listTraces(findRun(place, params.id).events()),
  ),
];

function find(name: string): Scenario {
  const found = listScenarios().find((one) => one.name === name);
  if (found === undefined)
    throw new ApiError(404, `there is no scenario "${name}"; /lab/v1/scenarios lists them`);
  return found;
}

function findRun({ runs }: LabPlace, id: string): ScenarioRun {
  const run = runs.find(id);
  if (run === undefined) throw new ApiError(404, "this run is forgotten: only the last few are kept");
  return run;
}

/** Enough for a card; the first sentence, whatever its length. */
const LINE_LETTERS = 70;

function card({ number, name, title, rfcs, narration }: Scenario): ScenarioCard {
  const sentences = (narration[0] ?? "").match(/\S.*?[.:](?=\s|$)/gs) ?? [];
  let line = "";
  for (const sentence of sentences) if (line.length < LINE_LETTERS) line = `${line} ${sentence}`.trim();
  return { number, name, title, rfcs: [...rfcs], line: line.replace(/:$/, ".") };
}

function runView({ id, scenario, lab, startedAt, progress, end }: ScenarioRun): ScenarioRunView {
  return {
    id,
    scenario,
    lab,
    startedAt,
    state: end === undefined ? "running" : end.passed ? "passed" : "failed",
    why: end?.why,
    durationMs: end?.durationMs,
    assertions: progress.flatMap((one) => (one.kind === "assertion" ? [one] : [])),
  };
}

function streamProgress(run: ScenarioRun, request: Request, after: number): Response {
  const from = resumeAfter(request, after, 0);
  const journeys = createRunJourneys(run.progress);
  // What was told before the client came back is no news.
  if (from > 0) journeys.changedBy(from);
  return streamEvents(
    request,
    from,
    {
      read: (told) =>
        run.progress.slice(told).map(({ number, kind, ...rest }) => {
          const added = kind === "events" ? { journeys: journeys.changedBy(number) } : {};
          return { number, id: String(number), event: kind, data: JSON.stringify({ ...rest, ...added }) };
        }),
      subscribe: (wake) => run.subscribe(wake),
    },
    everyRealMs,
  );
}
