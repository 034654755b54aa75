/**
 * A letter as written in the browser becomes a message: the sender is one of the person's own, every address is a real
 * one, no value can write a header line of its own, and who gets a blind copy stands only in the writer's own copy.
 */
import { withCrlf } from "../../../message/line-ends.ts";
import { formatMailbox, type Mailbox, needsSmtputf8 } from "../../../message/address/address.ts";
import { formatHeaderAddress } from "../../../message/address/address-list.ts";
import { parseMailbox } from "../../../message/address/path.ts";
import { type ComposeAddress, type ComposeAttachment, composeMessage } from "../../../message/compose.ts";
import { formatField } from "../../../message/header/format.ts";
import { formatMessageId, parseMessageIds } from "../../../message/header/message-id.ts";
import { makeId } from "../../../base/ids.ts";
import { concatBytes, fromUtf8 } from "../../../base/bytes.ts";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { partContent } from "../../../message/mime/part.ts";
import { ApiError, type Problem } from "../api-error.ts";
import { findPart } from "./body-parts.ts";
import { safeFileName } from "./file-name.ts";
import { identityOf } from "./identities.ts";
import type { MailPlace } from "./mail-place.ts";
import { withMessage } from "./message-ids.ts";
import { formatSize } from "../../../base/size.ts";
import type { AskedLetter } from "./views.ts";

export type Composed = {
  /** As others get it. */
  readonly content: Uint8Array;
  /** What stands in front of it in the writer's own copy. */
  readonly blind: string;
  readonly reversePath: string;
  /** Each address once, in ASCII where that is possible. */
  readonly recipients: readonly string[];
};

/** Fields that only a draft has: what it answers, to be marked when it is sent. */
export const ANSWERS_FIELD = "X-Posthorn-Answers";
export const FORWARDS_FIELD = "X-Posthorn-Forwards";

type ReadAddress = ComposeAddress & { readonly mailbox: Mailbox };

/** Throws ApiError: 400 with the place of each wrong address, 403 for a sender that is not theirs, 404, 413. */
export async function composeLetter(place: MailPlace, letter: AskedLetter): Promise<Composed> {
  const identity = identityOf(place, letter.identity);
  const [to, cc, bcc, replyTo] = readAddresses(letter);
  const attachments = await attachmentsOf(place, letter);
  const everybody = [...to, ...cc, ...bcc];
  const { world } = place.host;
  const unique = (): string =>
    `${makeId(world.clock, place.world.random)}${hex(place.world.random.bytes(6))}`;
  const domain = identity.address.slice(identity.address.lastIndexOf("@") + 1);
  const [inReplyTo] = asciiIds(letter.inReplyTo ?? "");
  const references = letter.references.flatMap(asciiIds);
  const content = composeMessage({
    from: { name: identity.name, address: identity.address },
    replyTo: replyTo.map(toCompose),
    to: to.map(toCompose),
    cc: cc.map(toCompose),
    subject: letter.subject,
    date: world.clock.now(),
    messageId: formatMessageId(unique(), domain),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    ...(references.length === 0 ? {} : { references }),
    text: letter.text,
    ...(letter.html === null ? {} : { html: letter.html }),
    attachments,
    boundary: unique(),
    smtputf8: everybody.some(({ mailbox }) => needsSmtputf8(mailbox)),
  });
  const max = place.host.settings.limits.message;
  if (content.length > max)
    throw new ApiError(
      413,
      `the letter has ${formatSize(content.length)}; ${formatSize(max)} is the most that is sent`,
    );
  const seen = new Map(
    everybody.map(({ mailbox }) => [formatMailbox(mailbox).toLowerCase(), formatMailbox(mailbox)]),
  );
  return { content, blind: blindField(bcc), reversePath: identity.address, recipients: [...seen.values()] };
}

/** The writer's own copy: with the blind recipients, and as a draft with what it answers. */
export function ownCopy(
  { content, blind }: Pick<Composed, "content" | "blind">,
  draftOf?: AskedLetter,
): Uint8Array {
  const field = (name: string, id: string | null): string => (id === null ? "" : formatField(name, id));
  const more =
    draftOf === undefined
      ? ""
      : field(ANSWERS_FIELD, draftOf.answers) + field(FORWARDS_FIELD, draftOf.forwards);
  return concatBytes([fromUtf8(more + blind), content]);
}

function blindField(bcc: readonly ReadAddress[]): string {
  if (bcc.length === 0) return "";
  return formatField(
    "Bcc",
    bcc.map(({ name = "", address }) => formatHeaderAddress(name, address)).join(", "),
  );
}

function readAddresses(letter: AskedLetter): [ReadAddress[], ReadAddress[], ReadAddress[], ReadAddress[]] {
  const problems: Problem[] = [];
  const read = (field: "to" | "cc" | "bcc" | "replyTo"): ReadAddress[] =>
    letter[field].flatMap(({ name, address }, index) => {
      const parsed = parseMailbox(address.trim());
      if (parsed.ok)
        return [{ name: name.trim(), address: formatMailbox(parsed.value), mailbox: parsed.value }];
      problems.push({ path: `${field}.${index}.address`, message: parsed.error.text });
      return [];
    });
  const all = [read("to"), read("cc"), read("bcc"), read("replyTo")] as [
    ReadAddress[],
    ReadAddress[],
    ReadAddress[],
    ReadAddress[],
  ];
  const [first] = problems;
  if (first !== undefined) {
    const [field = "to", index = "0"] = first.path.split(".");
    const written = letter[field as "to"][Number(index)]?.address ?? "";
    throw new ApiError(400, `"${written}" is no mail address: ${first.message}`, problems);
  }
  return all;
}

function toCompose({ name, address }: ReadAddress): ComposeAddress {
  return name === undefined || name === "" ? { address } : { name, address };
}

async function attachmentsOf(place: MailPlace, { attachments }: AskedLetter): Promise<ComposeAttachment[]> {
  const found: ComposeAttachment[] = [];
  for (const [index, ref] of attachments.entries()) {
    const one = await ("upload" in ref
      ? fromUpload(place, ref.upload)
      : fromMessage(place, ref.message, ref.part));
    if (one === undefined)
      throw new ApiError(404, "an attachment is not there any more; add it again", [
        { path: `attachments.${index}`, message: "is not there any more" },
      ]);
    const { contentId, ...file } = one;
    found.push(ref.inline && contentId !== undefined ? { ...file, contentId } : file);
  }
  return found;
}

async function fromUpload({ shared, mail }: MailPlace, id: string): Promise<ComposeAttachment | undefined> {
  const upload = await shared.uploads.find(mail.name, id);
  if (upload === undefined) return undefined;
  const { name, contentType, content, cid } = upload;
  return { filename: name, contentType, content, contentId: cid };
}

function fromMessage(
  { mail }: MailPlace,
  id: string,
  number: string,
): Promise<ComposeAttachment | undefined> {
  return withMessage(mail, id, ({ table, row }) => {
    const content = mail.content(table.emailIds[row] as number);
    if (content === undefined) return undefined;
    if (number === "0")
      return { filename: "message.eml", contentType: "message/rfc822", content: withCrlf(content) };
    const part = findPart(parseMime(content), number)?.part;
    if (part === undefined) return undefined;
    const { contentType, contentId } = part;
    const file = {
      filename: safeFileName(part.filename, contentType),
      contentType,
      content: partContent(part),
    };
    return contentId === undefined || contentId === "" ? file : { ...file, contentId };
  }).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}

/** Identifiers that may stand in a header as they are. */
function asciiIds(text: string): string[] {
  return parseMessageIds(text).filter((id) => /^[\x21-\x7e]+$/.test(id));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
