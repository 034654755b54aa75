/** Lists of messages and conversations, by mailbox or search: a page at a time. */
import { z } from "zod";
import { ApiError } from "../api-error.ts";
import { askList } from "./ask-list.ts";
import type { Listing } from "./listings.ts";
import { mailRoute } from "./mail-place.ts";
import { stateOf } from "./mailboxes.ts";
import { NO_MESSAGE, parseId, withMessage } from "./message-ids.ts";
import { messageRow } from "./message-rows.ts";
import { membersOf, summaryOf, threadView } from "./threads.ts";
import type { AccountMail } from "../../../store/account-mail.ts";
import {
  messageIdSchema,
  messageListQuerySchema,
  messageListSchema,
  type MessageListView,
  type MessageRowView,
  positionSchema,
  threadViewSchema,
} from "./views.ts";

const { mailbox, q, zone, threads } = messageListQuerySchema.shape;

export const listRoutes = [
  mailRoute(
    {
      method: "get",
      path: "/messages",
      summary: "A page of a mailbox or of a search, newest first; by conversation or message by message.",
      notes:
        "With `in:` in the search, `mailbox` says nothing. A search that is wrong is answered 400, with its place.",
      query: messageListQuerySchema,
      answer: messageListSchema,
      example: { path: "/messages?q=is%3Aunread&threads=true&limit=20" },
    },
    async (place, { query, request }): Promise<MessageListView> => {
      const byThread = query.threads === "true";
      const asked = { mailbox: query.mailbox, q: query.q, zone: query.zone, threads: byThread };
      const list = await askList(place, asked, request.signal);
      const { mail } = place;
      const rows = await pageRows(mail, list, query.offset, query.limit);
      if (byThread) await addThreads(mail, list, query.offset, rows);
      const shown = rows.filter((row) => row !== undefined);
      return { state: stateOf(mail), total: list.length, offset: query.offset, rows: shown };
    },
  ),
  mailRoute(
    {
      method: "get",
      path: "/messages/position",
      summary: "Where in a list a message stands, so that a page can scroll to it.",
      query: z.strictObject({ mailbox, q, zone, threads, id: messageIdSchema }),
      answer: positionSchema,
    },
    async (place, { query, request }) => {
      const byThread = query.threads === "true";
      const list = await askList(place, { ...query, threads: byThread }, request.signal);
      const index = byThread ? await threadPosition(place.mail, list, query.id) : positionOf(list, query.id);
      return { index: index < 0 ? null : index, state: stateOf(place.mail) };
    },
  ),
  mailRoute(
    {
      method: "get",
      path: "/threads/:threadId",
      summary: "A whole conversation, over all mailboxes but Trash and Junk.",
      params: z.strictObject({ threadId: z.coerce.number().int().positive() }),
      answer: threadViewSchema,
    },
    async ({ mail }, { params: { threadId } }) => {
      const view = await threadView(mail, threadId);
      if (view === undefined) throw new ApiError(404, "there is no such conversation (any more)");
      return { state: stateOf(mail), ...view };
    },
  ),
];

/** Undefined where a message went while the list was made. */
async function pageRows(
  mail: AccountMail,
  list: Listing,
  offset: number,
  limit: number,
): Promise<(MessageRowView | undefined)[]> {
  const rows: (MessageRowView | undefined)[] = [];
  for (let at = offset; at < Math.min(list.length, offset + limit); at++) {
    const mailboxId = list.mailboxIds[at] as number;
    const table = await mail.open(mailboxId);
    const row = table?.rowOf(list.uids[at] as number) ?? -1;
    rows.push(table === undefined || row < 0 ? undefined : messageRow(mail, mailboxId, table, row));
    mail.close(mailboxId);
  }
  return rows;
}

async function addThreads(
  mail: AccountMail,
  { counts }: Listing,
  offset: number,
  rows: (MessageRowView | undefined)[],
): Promise<void> {
  const wanted = new Set(rows.flatMap((row) => row?.threadId ?? []));
  // A list of Trash shows conversations as they are there.
  const shown = new Set(rows.flatMap((row) => row?.mailboxId ?? []));
  const members = await membersOf(mail, wanted, shown);
  rows.forEach((row, index) => {
    if (row === undefined) return;
    const thread = summaryOf(mail, members.get(row.threadId) ?? [], counts?.[offset + index] ?? 1);
    rows[index] = { ...row, thread };
  });
}

function positionOf({ length, mailboxIds, uids }: Listing, id: string): number {
  const { mailboxId, uid } = parseId(id);
  for (let at = 0; at < length; at++) if (uids[at] === uid && mailboxIds[at] === mailboxId) return at;
  return -1;
}

async function threadPosition(mail: AccountMail, list: Listing, id: string): Promise<number> {
  const threadId = await withMessage(mail, id, ({ table, row }) => table.threadIds[row]).catch(
    (error: unknown) => {
      if (error instanceof ApiError && error.message === NO_MESSAGE) return undefined;
      throw error;
    },
  );
  if (threadId === undefined) return -1;
  const direct = positionOf(list, id);
  if (direct >= 0) return direct;
  const tables = new Map<number, Awaited<ReturnType<AccountMail["open"]>>>();
  for (const mailboxId of new Set(list.mailboxIds)) tables.set(mailboxId, await mail.open(mailboxId));
  try {
    for (let at = 0; at < list.length; at++) {
      const table = tables.get(list.mailboxIds[at] as number);
      const row = table?.rowOf(list.uids[at] as number) ?? -1;
      if (row >= 0 && table?.threadIds[row] === threadId) return at;
    }
    return -1;
  } finally {
    for (const mailboxId of tables.keys()) mail.close(mailboxId);
  }
}
