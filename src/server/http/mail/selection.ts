/** Which messages a change is about: named ones, ranges, or all that a list holds; by mailbox, only those that are there. */
import { addAscending, intersectRanges, type NumberRanges, rangesOf } from "../../../base/number-ranges.ts";
import type { MessageTable } from "../../../store/message-table.ts";
import { ApiError } from "../api-error.ts";
import { type AskedList, askList } from "./ask-list.ts";
import type { MailPlace } from "./mail-place.ts";
import { parseIdRanges } from "./message-ids.ts";

export type AskedSelection = {
  readonly ids?: readonly string[] | undefined;
  readonly all?: Pick<AskedList, "mailbox" | "q" | "zone"> | undefined;
  readonly wholeThreads: boolean;
};

export type Selection = ReadonlyMap<number, NumberRanges>;

/** Throws ApiError 400 when it says nothing, or both. What is not there (any more) is left out. */
export async function selectMessages(place: MailPlace, asked: AskedSelection): Promise<Selection> {
  const named = await namedOf(place, asked);
  const selection = new Map<number, NumberRanges>();
  for (const [mailboxId, uids] of named) {
    const table = await place.mail.open(mailboxId);
    if (table === undefined) continue;
    const there = intersectRanges(uids, uidsOf(table));
    const found = asked.wholeThreads ? withThreads(table, there) : there;
    place.mail.close(mailboxId);
    if (found.length > 0) selection.set(mailboxId, found);
  }
  return selection;
}

async function namedOf(place: MailPlace, { ids, all }: AskedSelection): Promise<Map<number, NumberRanges>> {
  if (ids !== undefined && all === undefined) return parseIdRanges(ids);
  if (ids !== undefined || all === undefined)
    throw new ApiError(400, "say which messages: either ids or all");
  if (all.mailbox === undefined && (all.q ?? "").trim() === "")
    throw new ApiError(400, "all: say of which mailbox, or of which search");
  const { length, mailboxIds, uids } = await askList(place, all);
  const byMailbox = new Map<number, number[]>();
  for (let at = 0; at < length; at++) {
    const mailboxId = mailboxIds[at] as number;
    const known = byMailbox.get(mailboxId);
    if (known === undefined) byMailbox.set(mailboxId, [uids[at] as number]);
    else known.push(uids[at] as number);
  }
  return new Map([...byMailbox].map(([mailboxId, some]) => [mailboxId, rangesOf(some)]));
}

function uidsOf({ uids, length }: MessageTable): number[] {
  const ranges: number[] = [];
  for (let row = 0; row < length; row++) addAscending(ranges, uids[row] as number);
  return ranges;
}

function withThreads(table: MessageTable, uids: NumberRanges): number[] {
  const threads = new Set<number>();
  for (let i = 0; i < uids.length; i += 2)
    for (let row = table.rowFrom(uids[i] as number); row < table.length; row++) {
      if ((table.uids[row] as number) > (uids[i + 1] as number)) break;
      threads.add(table.threadIds[row] as number);
    }
  const ranges: number[] = [];
  for (let row = 0; row < table.length; row++)
    if (threads.has(table.threadIds[row] as number)) addAscending(ranges, table.uids[row] as number);
  return ranges;
}
