/** What a scenario tells while it is played: each step, each assertion as it is made, what went over the wire, the end. */
import type { JournalEvent } from "../../journal/events.ts";
import type { Assertion } from "./scenario.ts";

export type ScenarioProgress =
  /** A step: what was just done. */
  | { readonly kind: "note"; readonly text: string }
  /** What was found out about this very run. */
  | { readonly kind: "measured"; readonly text: string }
  | ({ readonly kind: "assertion" } & Assertion)
  /** What the journal has new since it last told. */
  | { readonly kind: "events"; readonly events: readonly JournalEvent[] }
  | { readonly kind: "end"; readonly passed: boolean; readonly durationMs: number; readonly why?: string };
