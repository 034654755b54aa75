/** What the lab's API answers from. */
import { routeOf } from "../../server/http/route.ts";
import type { HandTalks } from "../by-hand/hand-talks.ts";
import type { Lab } from "../lab.ts";
import type { FileDesk } from "../runtime/file-desk.ts";
import type { ScenarioRuns } from "../scenarios/scenario-runs.ts";

export type LabPlace = {
  readonly lab: Lab;
  /** Takes the lab down, and the API with it. */
  stop(): void;
  /** The file it was brought up from; a lab of a test has none. */
  readonly file?: FileDesk | undefined;
  /** Scenarios that are being played, or were. */
  readonly runs: ScenarioRuns;
  /** Conversations by hand that are open. */
  readonly dialogues: HandTalks;
};

/** What a lab's web is made with; the rest it makes itself. */
export type GivenLabPlace = Omit<LabPlace, "runs" | "dialogues">;

export const labRoute = routeOf<LabPlace>();
