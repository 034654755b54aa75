/** What a run has told, as steps with what each proves. Pure. */
import type { AssertionView } from "../../../../src/lab/api/scenario-routes.ts";

export type Told =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "measured"; readonly text: string }
  | ({ readonly kind: "assertion" } & AssertionView);

export type Line =
  | { readonly kind: "measured"; readonly text: string }
  | ({ readonly kind: "assertion" } & AssertionView);

export type Step = {
  /** Undefined before the first note. */
  readonly note: string | undefined;
  readonly lines: readonly Line[];
};

export function stepsOf(told: readonly Told[]): Step[] {
  const steps: { note: string | undefined; lines: Line[] }[] = [];
  for (const one of told) {
    if (one.kind === "note") steps.push({ note: one.text, lines: [] });
    else {
      if (steps.length === 0) steps.push({ note: undefined, lines: [] });
      steps.at(-1)?.lines.push(one);
    }
  }
  return steps;
}

export function countOf(told: readonly Told[]): { readonly held: number; readonly failed: number } {
  const assertions = told.flatMap((one) => (one.kind === "assertion" ? [one] : []));
  const held = assertions.filter(({ passed }) => passed).length;
  return { held, failed: assertions.length - held };
}
