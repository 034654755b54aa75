/** Changing many messages at once: flags, move, copy, delete. Each answer holds the requests that take it back. */
import type { Mailbox } from "../../../store/account-mail.ts";
import { changeFlags, copyMessages, deleteMessages, moveMessages } from "./change-messages.ts";
import { type MailPlace, mailRoute } from "./mail-place.ts";
import { ensureRole, inboxOf } from "./mailboxes.ts";
import { mailboxOf } from "./message-ids.ts";
import { selectMessages } from "./selection.ts";
import { changedViewSchema, deleteRequestSchema, flagsRequestSchema, moveRequestSchema } from "./views.ts";

export const changeRoutes = [
  mailRoute(
    {
      method: "post",
      path: "/messages/flags",
      summary: "Adds and removes flags and keywords: read, unread, flagged, labels.",
      body: flagsRequestSchema,
      answer: changedViewSchema,
      example: { path: "/messages/flags", body: { ids: ["1-1:20"], add: ["\\Seen"] } },
    },
    async (place, { body }) =>
      changeFlags(place.mail, await selectMessages(place, body), body.add, body.remove),
  ),
  mailRoute(
    {
      method: "post",
      path: "/messages/move",
      summary: "Moves messages to a mailbox, or by its use: archive, junk, inbox, trash.",
      body: moveRequestSchema,
      answer: changedViewSchema,
      example: { path: "/messages/move", body: { ids: ["1-7"], to: "archive" } },
    },
    async (place, { body }) => {
      const to = await target(place, body.to);
      return moveMessages(place.mail, await selectMessages(place, body), to);
    },
  ),
  mailRoute(
    {
      method: "post",
      path: "/messages/copy",
      summary: "Copies messages to a mailbox.",
      body: moveRequestSchema,
      answer: changedViewSchema,
    },
    async (place, { body }) => {
      const to = await target(place, body.to);
      return copyMessages(place.mail, await selectMessages(place, body), to);
    },
  ),
  mailRoute(
    {
      method: "post",
      path: "/messages/delete",
      summary: "Deletes: to Trash, and out of Trash and Junk for good.",
      body: deleteRequestSchema,
      answer: changedViewSchema,
      example: { path: "/messages/delete", body: { ids: ["1-7"] } },
    },
    async (place, { body }) => {
      const trash = await ensureRole(place.mail, "trash");
      return deleteMessages(place.mail, await selectMessages(place, body), trash, body.forever);
    },
  ),
];

async function target(
  { mail }: MailPlace,
  to: number | "inbox" | "archive" | "junk" | "trash",
): Promise<Mailbox> {
  if (typeof to === "number") return mailboxOf(mail, to);
  return to === "inbox" ? inboxOf(mail) : ensureRole(mail, to);
}
