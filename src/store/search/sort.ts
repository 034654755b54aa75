/**
 * The orders of RFC 5256 and RFC 5957 over rows of a mailbox. Envelopes are read only where a key needs them; equal
 * messages stay in the order of the mailbox. Strings compare as i;unicode-casemap would.
 */
import { baseSubject } from "../../message/digest/base-subject.ts";
import { decodeRawWords, type Envelope, readEnvelope } from "../../message/digest/read-envelope.ts";
import { foldText } from "../../message/fold-text.ts";
import { parseDate } from "../../message/header/date.ts";
import type { SearchParts, Snapshot } from "./evaluate.ts";

export type SortOrder = {
  readonly by:
    | "arrival"
    | "cc"
    | "date"
    | "from"
    | "size"
    | "subject"
    | "to"
    | "displayfrom"
    | "displayto"
    | "relevancy";
  readonly reverse: boolean;
};

/** What needs no envelope. */
const BY_COLUMN: ReadonlySet<string> = new Set<SortOrder["by"]>(["arrival", "size", "relevancy"]);

const ENVELOPES_A_SLICE = 1_000;

/** `rows` ascending; returns them in order. `scores`: of the rows, for the key "relevancy"; the best come first. */
export async function sortRows(
  rows: readonly number[],
  order: readonly SortOrder[],
  parts: SearchParts,
  scores: readonly number[] = [],
): Promise<number[]> {
  const envelopes = order.some(({ by }) => !BY_COLUMN.has(by))
    ? await readEnvelopes(rows, parts)
    : new Map<number, Envelope>();
  const keys = order.map(({ by, reverse }) => {
    const values = rows.map((row, index) =>
      by === "relevancy" ? -(scores[index] ?? 0) : keyOf(by, row, parts.table, envelopes.get(row)),
    );
    return { values, sign: reverse ? -1 : 1 };
  });
  return rows
    .map((_, index) => index)
    .sort((a, b) => {
      for (const { values, sign } of keys) {
        const x = values[a] as number | string;
        const y = values[b] as number | string;
        if (x !== y) return x < y ? -sign : sign;
      }
      return a - b;
    })
    .map((index) => rows[index] as number);
}

export async function readEnvelopes(
  rows: readonly number[],
  { mail, table, pause }: SearchParts,
): Promise<Map<number, Envelope>> {
  const wanted = new Set(rows);
  const envelopes = new Map<number, Envelope>();
  const last = rows.at(-1) ?? -1;
  for (let from = rows[0] ?? 0; from <= last; from += ENVELOPES_A_SLICE) {
    mail.digests(table, from, Math.min(last + 1, from + ENVELOPES_A_SLICE), (row, digest) => {
      if (wanted.has(row) && digest !== undefined) envelopes.set(row, readEnvelope(digest.envelope));
    });
    await pause();
  }
  return envelopes;
}

function keyOf(
  by: Exclude<SortOrder["by"], "relevancy">,
  row: number,
  table: Snapshot,
  envelope: Envelope | undefined,
): number | string {
  switch (by) {
    case "arrival":
      return table.receivedAts[row] as number;
    case "size":
      return table.sizes[row] as number;
    case "date":
      return sentAt(envelope, table.receivedAts[row] as number);
    case "subject":
      return foldText(baseSubject(envelope?.subject === undefined ? "" : decodeRawWords(envelope.subject)));
    case "from":
    case "to":
    case "cc":
      return foldText(envelope?.[by][0]?.mailbox ?? "");
    case "displayfrom":
      return displayName(envelope?.from[0]);
    case "displayto":
      return displayName(envelope?.to[0]);
  }
}

/** RFC 5256 §2.2: the Date field in UTC, and INTERNALDATE where it says none. */
export function sentAt(envelope: Envelope | undefined, receivedAt: number): number {
  return (envelope?.date === undefined ? undefined : parseDate(envelope.date)) ?? receivedAt;
}

/** RFC 5957 §3: the display name, else mailbox@host. */
function displayName(address: Envelope["from"][number] | undefined): string {
  if (address === undefined) return "";
  const { name, mailbox = "", host } = address;
  if (name !== undefined && name !== "") return foldText(decodeRawWords(name));
  return foldText(host === undefined ? mailbox : `${mailbox}@${host}`);
}
