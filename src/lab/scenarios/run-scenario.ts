/**
 * Plays a scenario on its own lab and gives back what held and what did not. It never rejects: a scenario that breaks
 * off has failed, with what broke it as its last assertion. Labs it started are taken down whatever happens.
 */
import type { JournalEvent } from "../../journal/events.ts";
import type { Lab, LabMode } from "../lab.ts";
import { dialHost } from "../by-hand/dial-host.ts";
import { drive } from "../runtime/drive.ts";
import { createDialogue, type Dialogue } from "./dialogue.ts";
import { openStageLab, type StageLab } from "./open-stage-lab.ts";
import type { ScenarioProgress } from "./progress.ts";
import type { Assertion, Check, Scenario, ScenarioResult, Stage } from "./scenario.ts";
import { createWebReceiver } from "./web-receiver.ts";

export type RunOptions = {
  /** Simulated when absent. */
  readonly mode?: LabMode | undefined;
  /** Instead of the one in its lab file. */
  readonly seed?: number | undefined;
  /** Is given everything the journal holds at the end. */
  readonly onJournal?: ((events: readonly JournalEvent[]) => void) | undefined;
  /** Is told what happens, when it happens. */
  readonly onProgress?: ((progress: ScenarioProgress) => void) | undefined;
};

/** Limit: whoever watches sees no more often what goes over the wire within one step; real time. */
const TELL_EVERY_MS = 100;

export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<ScenarioResult> {
  const startedAt = performance.now();
  const assertions: Assertion[] = [];
  const notes: string[] = [];
  const traces: string[] = [];
  let step: string | undefined;
  const opened: StageLab[] = [];
  const tell = options.onProgress ?? (() => undefined);
  let told = 0;
  let toldAt = startedAt;
  const tellEvents = (): void => {
    const journal = opened[0]?.lab.journal;
    toldAt = performance.now();
    const events = options.onProgress === undefined ? [] : (journal?.read(told) ?? []);
    told = journal?.lastId ?? 0;
    if (events.length > 0) tell({ kind: "events", events });
  };
  const web = createWebReceiver();
  const check: Check = (text, passed, found) => {
    const detail = passed || found === undefined ? {} : { detail: show(found) };
    const assertion = { text, passed, ...(step === undefined ? {} : { step }), ...detail };
    assertions.push(assertion);
    tellEvents();
    tell({ kind: "assertion", ...assertion });
  };
  const open = async (seed: number | undefined): Promise<StageLab> => {
    const one = await openStageLab(scenario, { mode: options.mode ?? "simulated", seed, post: web.post });
    opened.push(one);
    if (opened.length === 1 && options.onProgress !== undefined)
      one.lab.journal.subscribe(() => {
        if (performance.now() - toldAt >= TELL_EVERY_MS) tellEvents();
      });
    return one;
  };
  try {
    const { lab, readFile } = await open(options.seed);
    const stage: Stage = {
      lab,
      check,
      note(text) {
        tellEvents();
        step = text;
        notes.push(text);
        tell({ kind: "note", text });
      },
      measured(text) {
        notes.push(text);
        tell({ kind: "measured", text });
      },
      dial: (host, from) => dial(lab, host, from),
      web,
      readFile,
      withSeed: async (seed) => (await open(seed)).lab,
    };
    await scenario.play(stage);
    traces.push(...lab.traces().map(({ id }) => id));
    options.onJournal?.(lab.journal.read());
  } catch (error) {
    check("the scenario comes to its end", false, error instanceof Error ? error.message : error);
  }
  tellEvents();
  for (const one of opened.toReversed()) await one.close();
  if (assertions.length === 0) check("the scenario checks something", false);
  const passed = assertions.every((one) => one.passed);
  const durationMs = performance.now() - startedAt;
  tell({ kind: "end", passed, durationMs });
  const { number, name, title, narration } = scenario;
  return {
    number,
    name,
    title,
    passed,
    assertions,
    durationMs,
    narration,
    notes,
    traces,
  };
}

async function dial(lab: Lab, host: string, from: string | undefined): Promise<Dialogue> {
  const connection = await dialHost(lab, { host, from });
  return createDialogue(connection, (promise) => drive(lab.environment, promise));
}

function show(found: unknown): string {
  return typeof found === "string" ? found : (JSON.stringify(found) ?? String(found));
}
