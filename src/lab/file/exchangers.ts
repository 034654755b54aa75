/**
 * Reads the MX sugar of a domain: `presto:10`, `presto`, `mail.example.test:20`, `.` (the null MX).
 *
 *     exchanger = ( host-name / address / "." ) [ ":" preference ]
 */

export type Exchanger = { readonly target: string; readonly preference: number };

/** What an exchanger without a preference gets: the first 10, the next 20, so that their order holds. */
const PREFERENCE_STEP = 10;

/** Undefined when it is none. `place` is its position in the list, from 0. */
export function parseExchanger(text: string, place: number): Exchanger | undefined {
  const match = /^([^\s:]+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const target = match[1] ?? "";
  const preference = match[2] === undefined ? (place + 1) * PREFERENCE_STEP : Number(match[2]);
  if (preference > 65_535) return undefined;
  return { target, preference: target === "." ? 0 : preference };
}
