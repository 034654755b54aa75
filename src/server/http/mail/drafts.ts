/** Drafts: letters as they stand in the mailbox for them, so that any other program can go on writing them too. */
import { headerValue } from "../../../message/header/fields.ts";
import { decodeWords } from "../../../message/header/encoded-word.ts";
import { parseMessageIds } from "../../../message/header/message-id.ts";
import { readHtml } from "../../../message/mime/html-text.ts";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { partText } from "../../../message/mime/part.ts";
import { ApiError } from "../api-error.ts";
import { bodyPartsOf } from "./body-parts.ts";
import { defaultIdentity, identityViews } from "./identities.ts";
import { ANSWERS_FIELD, composeLetter, FORWARDS_FIELD, ownCopy } from "./letters.ts";
import { MAIL_PREFIX } from "./mail-prefix.ts";
import type { MailPlace } from "./mail-place.ts";
import { ensureRole } from "./mailboxes.ts";
import { formatId, NO_MESSAGE, parseId, withMessage } from "./message-ids.ts";
import { addressesOf, partView, sameAddress } from "./message-view.ts";
import { done } from "./refusals.ts";
import { type AskedLetter, type DraftView, type LetterView, messageIdSchema } from "./views.ts";

export const DRAFT_FLAGS = ["\\Draft", "\\Seen"];

/** Saves a letter; with `id` in place of that draft, which is gone then: both or neither. */
export async function saveDraft(place: MailPlace, letter: AskedLetter, id?: string): Promise<DraftView> {
  const { mail, host } = place;
  if (id !== undefined) await requireDraft(place, id);
  const content = ownCopy(await composeLetter(place, letter), letter);
  const drafts = await ensureRole(mail, "drafts");
  const item = { content, flags: DRAFT_FLAGS, receivedAt: host.world.clock.now() };
  if (id === undefined) {
    const { uids } = done(await mail.append(drafts.id, [item]));
    return readDraft(place, formatId(drafts.id, uids[0] as number));
  }
  const { mailboxId, uid } = parseId(id);
  const { uids } = done(await mail.replace(mailboxId, uid, item, { mail, id: drafts.id }));
  return readDraft(place, formatId(drafts.id, uids[0] as number));
}

export async function readDraft(place: MailPlace, id: string): Promise<DraftView> {
  await requireDraft(place, id);
  return withMessage(place.mail, id, ({ table, row }) => {
    const letter = letterView(place, contentOf(place, table.emailIds[row] as number), id);
    return { id, letter, savedAt: table.receivedAts[row] as number };
  });
}

/** For good: it never was anybody's mail. */
export async function discardDraft(place: MailPlace, id: string): Promise<void> {
  await requireDraft(place, id);
  const { mailboxId, uid } = parseId(id);
  done(await place.mail.expunge(mailboxId, [uid, uid], false));
}

/** Throws ApiError 404, or 409 when the message is no draft: what somebody sent is never written over. */
export function requireDraft({ mail }: MailPlace, id: string): Promise<void> {
  return withMessage(mail, id, ({ table, mailbox, row }) => {
    const isDraft = mailbox.role === "drafts" || table.flagSets.has(table.flags[row] as number, "\\Draft");
    if (!isDraft) throw new ApiError(409, "this message is no draft");
  });
}

/** A message of the person's own as a letter to go on writing. Its HTML may be anybody's: hostile until sanitised. */
export function letterView(place: MailPlace, content: Uint8Array, id: string): LetterView {
  const root = parseMime(content);
  const { header } = root;
  const { text, html, attachments } = bodyPartsOf(root);
  const [from] = addressesOf(header, "from");
  const identities = identityViews(place);
  const identity =
    identities.find(({ address }) => sameAddress(address, from?.address ?? "")) ?? defaultIdentity(place);
  const markup = html.some(({ part }) => part.contentType === "text/html")
    ? html.map(({ part }) => partText(part)).join("\n")
    : null;
  const words = text.map(({ part }) =>
    part.contentType === "text/html" ? readHtml(partText(part)).text : partText(part),
  );
  return {
    identity: identity.id,
    to: addressesOf(header, "to"),
    cc: addressesOf(header, "cc"),
    bcc: addressesOf(header, "bcc"),
    replyTo: addressesOf(header, "reply-to"),
    subject: decodeWords(headerValue(header, "subject") ?? "").slice(0, 2_000),
    text: words.join("\n"),
    html: markup,
    inReplyTo: parseMessageIds(headerValue(header, "in-reply-to") ?? "")[0] ?? null,
    references: parseMessageIds(headerValue(header, "references") ?? "").slice(-100),
    attachments: attachmentViews(attachments, id, markup),
    answers: idIn(headerValue(header, ANSWERS_FIELD)),
    forwards: idIn(headerValue(header, FORWARDS_FIELD)),
  };
}

export function attachmentViews(
  attachments: ReturnType<typeof bodyPartsOf>["attachments"],
  id: string,
  html: string | null,
): LetterView["attachments"] {
  return attachments.map((one) => {
    const { part, name, contentType, sizeBytes, cid, imageUrl } = partView(
      one,
      html,
      `${MAIL_PREFIX}/messages/${id}`,
    );
    const inline = cid !== null && html?.includes(cid) === true;
    return { ref: { message: id, part, inline }, name, contentType, sizeBytes, cid, imageUrl };
  });
}

export function contentOf({ mail }: Pick<MailPlace, "mail">, emailId: number): Uint8Array {
  const content = mail.content(emailId);
  if (content === undefined) throw new ApiError(404, NO_MESSAGE);
  return content;
}

function idIn(value: string | undefined): string | null {
  const parsed = messageIdSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
