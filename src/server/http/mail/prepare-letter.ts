/** The letter that an answer, a forwarding or a mailto link begins with: recipients, subject, references, quote, signature. */
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { ApiError } from "../api-error.ts";
import { bodyPartsOf } from "./body-parts.ts";
import { attachmentViews, contentOf, letterView } from "./drafts.ts";
import { defaultIdentity, identityViews, isOwn } from "./identities.ts";
import { readSettings } from "./mail-settings.ts";
import type { MailPlace } from "./mail-place.ts";
import { stateOf } from "./mailboxes.ts";
import { withMessage } from "./message-ids.ts";
import { messageRow } from "./message-rows.ts";
import { messageView, sameAddress } from "./message-view.ts";
import { quoteForward, quoteReply, signed } from "./quote.ts";
import { readMailto } from "./mailto.ts";
import type { AddressView, IdentityView, LetterView, MessageView, PrepareInput } from "./views.ts";

/** Limit: RFC 5322 §3.6.4 lets References grow; the first and the latest keep a thread together. */
const REFERENCES_MAX = 30;

export async function prepareLetter(
  place: MailPlace,
  { kind, message, mailto }: PrepareInput,
): Promise<LetterView> {
  if (kind === "new") return fresh(place, mailto);
  if (message === undefined) throw new ApiError(400, `say which message for ${kind}`);
  return withMessage(place.mail, message, ({ table, mailbox, row }) => {
    const content = contentOf(place, table.emailIds[row] as number);
    if (kind === "again") return { ...letterView(place, content, message), answers: null, forwards: null };
    const where = { mailboxName: mailbox.name, state: stateOf(place.mail), url: "" };
    const original = messageView(content, messageRow(place.mail, mailbox.id, table, row), where);
    const { attachments } = bodyPartsOf(parseMime(content));
    const files = attachmentViews(attachments, message, original.html);
    return kind === "forward"
      ? forward(place, original, files)
      : reply(place, original, files, kind === "replyAll");
  });
}

function fresh(place: MailPlace, mailto: string | undefined): LetterView {
  const identity = defaultIdentity(place);
  const asked = mailto === undefined ? undefined : readMailto(mailto);
  const words = signed(asked?.text ?? "", isRich(place), identity.signature);
  return { ...blank(identity), ...asked, ...words };
}

function reply(
  place: MailPlace,
  original: MessageView,
  files: LetterView["attachments"],
  all: boolean,
): LetterView {
  const identity = identityFor(place, original);
  const wroteIt = original.from.some(({ address }) => isOwn(place, address));
  const answered = original.replyTo.length > 0 ? original.replyTo : original.from;
  const isOther = ({ address }: AddressView): boolean => !isOwn(place, address);
  // An answer to one's own letter goes where that went.
  const first = wroteIt ? original.to : answered;
  const to = each(all && !wroteIt ? [...first, ...original.to.filter(isOther)] : first);
  const cc = all
    ? each(original.cc.filter(isOther)).filter(
        (one) => !to.some((other) => sameAddress(one.address, other.address)),
      )
    : [];
  return {
    ...blank(identity),
    to,
    cc,
    subject:
      `Re: ${bareSubject(original.subject, /^(?:re|aw|sv|antw|odp|ref)(?:\[\d{1,3}\])?\s{0,3}:\s{0,9}/i)}`.trimEnd(),
    ...quoteReply(original, isRich(place), identity.signature),
    inReplyTo: original.messageId,
    references: referencesOf(original),
    attachments: files.filter(({ ref }) => ref.inline === true),
    answers: original.id,
  };
}

function forward(place: MailPlace, original: MessageView, files: LetterView["attachments"]): LetterView {
  const identity = identityFor(place, original);
  return {
    ...blank(identity),
    subject: `Fwd: ${bareSubject(original.subject, /^(?:fwd?|wg|tr|vs|enc)\s{0,3}:\s{0,9}/i)}`.trimEnd(),
    ...quoteForward(original, isRich(place), identity.signature),
    references: referencesOf(original),
    attachments: files,
    forwards: original.id,
  };
}

function blank(identity: IdentityView): LetterView {
  const nobody = { to: [], cc: [], bcc: [], replyTo: [] };
  const nothing = { subject: "", text: "", html: null, inReplyTo: null, references: [], attachments: [] };
  return { identity: identity.id, ...nobody, ...nothing, answers: null, forwards: null };
}

/** The one it was sent to. */
function identityFor(place: MailPlace, { from, to, cc }: MessageView): IdentityView {
  const named = identityViews(place).find(({ address }) =>
    [...to, ...cc, ...from].some((one) => sameAddress(one.address, address)),
  );
  return named ?? defaultIdentity(place);
}

function isRich({ mail }: MailPlace): boolean {
  return readSettings(mail).composeFormat === "rich";
}

function each(addresses: readonly AddressView[]): AddressView[] {
  return addresses.filter(
    (one, at) => addresses.findIndex((other) => sameAddress(one.address, other.address)) === at,
  );
}

/** Without any number of the same mark. */
function bareSubject(subject: string, mark: RegExp): string {
  let bare = subject.trim();
  while (mark.test(bare)) bare = bare.replace(mark, "");
  return bare;
}

function referencesOf({ references, inReplyTo, messageId }: MessageView): string[] {
  const before = references.length > 0 ? references : inReplyTo.slice(0, 1);
  const all = messageId === null ? before : [...before, messageId];
  return all.length <= REFERENCES_MAX ? all : [...all.slice(0, 1), ...all.slice(1 - REFERENCES_MAX)];
}
