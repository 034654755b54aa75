/**
 * Letters that were sent and are held for a moment. They wait in the queue, on disk; what is kept here, with the account,
 * is how to take one back. Taken back it is a draft again before it leaves the queue: at no moment is it nowhere.
 */
import { z } from "zod";
import { ApiError } from "../api-error.ts";
import { DRAFT_FLAGS, readDraft } from "./drafts.ts";
import { ANSWERS_FIELD, FORWARDS_FIELD } from "./letters.ts";
import { concatBytes, fromUtf8 } from "../../../base/bytes.ts";
import { formatField } from "../../../message/header/format.ts";
import type { MailPlace } from "./mail-place.ts";
import { ensureRole } from "./mailboxes.ts";
import { formatId, parseId } from "./message-ids.ts";
import { readEntry, writeEntry } from "./metadata-json.ts";
import { done } from "./refusals.ts";
import { areUntried } from "../../../mta/queue/entry.ts";
import { type DraftView, messageIdSchema, type PendingView } from "./views.ts";

/** Limit: letters that can be taken back at one time. */
const PENDING_MAX = 50;

const pendingEntrySchema = z.object({
  token: z.string(),
  queueId: z.string(),
  /** The copy in Sent. */
  id: messageIdSchema,
  emailId: z.number(),
  subject: z.string(),
  to: z.array(z.string()),
  leavesAt: z.number(),
  answers: messageIdSchema.nullable(),
  forwards: messageIdSchema.nullable(),
  marked: z.array(z.object({ id: messageIdSchema, flag: z.string() })),
});
export type Pending = z.infer<typeof pendingEntrySchema>;

export function pendingView({ token, queueId, subject, to, leavesAt }: Pending, now: number): PendingView {
  return { token, queueId, subject, to: [...to], leavesAt, leavesInMs: Math.max(0, leavesAt - now) };
}

export async function addPending(place: MailPlace, pending: Pending): Promise<void> {
  await writePending(place, [...readPending(place), pending].slice(-PENDING_MAX));
}

/** Those that have not left. */
export function readPending({ mail, host }: MailPlace): Pending[] {
  const parsed = z.array(pendingEntrySchema).safeParse(readEntry(mail, "outbox"));
  if (!parsed.success) return [];
  return parsed.data.filter(({ queueId }) => {
    const view = host.queue.get(queueId);
    return view !== undefined && areUntried(view.recipients);
  });
}

/** Throws ApiError 404 for no letter of the person's, 409 when it has left. */
export function takeBack(place: MailPlace, token: string): Promise<DraftView> {
  return place.shared.turns.alone(place.mail, async () => {
    const { mail, host } = place;
    const pending = readPending(place).find((one) => one.token === token);
    if (pending === undefined) throw new ApiError(409, "the letter has left already");
    const copy = mail.content(pending.emailId);
    if (copy === undefined) throw new ApiError(409, "its copy in Sent is gone: it could not be given back");
    const field = (name: string, id: string | null): string => (id === null ? "" : formatField(name, id));
    const fields = field(ANSWERS_FIELD, pending.answers) + field(FORWARDS_FIELD, pending.forwards);
    const drafts = await ensureRole(mail, "drafts");
    const item = {
      content: concatBytes([fromUtf8(fields), copy]),
      flags: DRAFT_FLAGS,
      receivedAt: host.world.clock.now(),
    };
    const { uids } = done(await mail.append(drafts.id, [item]));
    const uid = uids[0] as number;
    if (!(await host.queue.takeBack(pending.queueId))) {
      await mail.expunge(drafts.id, [uid, uid], false);
      throw new ApiError(409, "the letter has left already");
    }
    const sent = parseId(pending.id);
    await mail.expunge(sent.mailboxId, [sent.uid, sent.uid], false);
    for (const { id, flag } of pending.marked) {
      const at = parseId(id);
      await mail.changeFlags(at.mailboxId, [at.uid, at.uid], "remove", [flag]);
    }
    await writePending(place, readPending(place));
    return readDraft(place, formatId(drafts.id, uid));
  });
}

async function writePending({ mail }: MailPlace, pending: readonly Pending[]): Promise<void> {
  await writeEntry(mail, "outbox", pending.length === 0 ? undefined : pending);
}
