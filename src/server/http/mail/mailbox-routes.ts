/** Mailboxes: look, make, rename, subscribe, take away, empty. Those with a role and INBOX stay as they are. */
import { z } from "zod";
import { ApiError } from "../api-error.ts";
import { changedView } from "./change-messages.ts";
import { mailRoute, type MailPlace } from "./mail-place.ts";
import { ensureRole, mailboxList, mailboxView, mailboxViews, stateOf } from "./mailboxes.ts";
import { mailboxOf } from "./message-ids.ts";
import { done } from "./refusals.ts";
import {
  changedViewSchema,
  mailboxChangeSchema,
  mailboxCreateSchema,
  mailboxListSchema,
  mailboxViewSchema,
  stateViewSchema,
} from "./views.ts";

const EVERY_UID = [1, 0xffffffff];
const params = z.strictObject({ id: z.coerce.number().int().positive() });

export const mailboxRoutes = [
  mailRoute(
    {
      method: "get",
      path: "/mailboxes",
      summary: "All mailboxes with their counts, and the quota.",
      answer: mailboxListSchema,
    },
    ({ mail, host }) => mailboxList(mail, host.world.clock.now()),
  ),
  mailRoute(
    {
      method: "post",
      path: "/mailboxes",
      summary: "Makes a mailbox, and those above it.",
      body: mailboxCreateSchema,
      answer: mailboxViewSchema,
      example: { path: "/mailboxes", body: { name: "Projects/Lab" } },
    },
    async ({ mail }, { body: { name } }) => {
      const { mailbox } = done(await mail.create(name));
      await mail.subscribe(mailbox.name, true);
      return mailboxView(mail, mailbox);
    },
  ),
  mailRoute(
    {
      method: "patch",
      path: "/mailboxes/:id",
      summary: "Renames a mailbox, or subscribes to it.",
      params,
      body: mailboxChangeSchema,
      answer: mailboxViewSchema,
    },
    async ({ mail }, { params: { id }, body: { name, subscribed } }) => {
      const mailbox = mailboxOf(mail, id);
      if (name !== undefined && name !== mailbox.name) {
        if (!mailboxView(mail, mailbox).mayRename)
          throw new ApiError(409, `${mailbox.name} has a use of its own and keeps its name`);
        await renameWithSubscriptions(mail, id, name);
      }
      if (subscribed !== undefined) await mail.subscribe(mailbox.name, subscribed);
      return mailboxView(mail, mailbox);
    },
  ),
  mailRoute(
    {
      method: "delete",
      path: "/mailboxes/:id",
      summary: "Takes a mailbox away; its messages go to Trash.",
      params,
      answer: stateViewSchema,
    },
    async ({ mail }, { params: { id } }) => {
      const mailbox = mailboxOf(mail, id);
      const [view] = mailboxViews(mail, [mailbox]);
      if (view?.mayDelete !== true)
        throw new ApiError(
          409,
          view?.role === null
            ? `${mailbox.name} has others below it: delete those first`
            : `${mailbox.name} has a use of its own and stays`,
        );
      const trash = await ensureRole(mail, "trash");
      if (mailbox.messages > 0) done(await mail.move(id, EVERY_UID, { mail, id: trash.id }));
      if (mailbox.messages > 0)
        throw new ApiError(409, `something came into ${mailbox.name} meanwhile; try again`);
      const { name } = mailbox;
      done(await mail.remove(id));
      await mail.subscribe(name, false);
      return { state: stateOf(mail) };
    },
  ),
  mailRoute(
    {
      method: "post",
      path: "/mailboxes/:id/empty",
      summary: "Deletes all that Trash or Junk hold, for good.",
      params,
      answer: changedViewSchema,
    },
    async ({ mail }, { params: { id } }) => {
      const { role, name, messages } = mailboxOf(mail, id);
      if (role !== "trash" && role !== "junk")
        throw new ApiError(409, `only Trash and Junk are emptied, not ${name}`);
      if (messages > 0) done(await mail.expunge(id, EVERY_UID, false));
      return changedView(mail, messages, [], []);
    },
  ),
];

/** Subscriptions are to names: they go along. */
async function renameWithSubscriptions(mail: MailPlace["mail"], id: number, name: string): Promise<void> {
  const before = new Map(mail.mailboxes().map((one) => [one.id, one.name]));
  done(await mail.rename(id, name));
  const subscribed = new Set(mail.subscriptions());
  for (const { id: one, name: now } of mail.mailboxes()) {
    const old = before.get(one);
    if (old === undefined || old === now || !subscribed.has(old)) continue;
    await mail.subscribe(now, true);
    await mail.subscribe(old, false);
  }
}
