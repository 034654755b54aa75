/** A caught message as Mailpit's answers need it: read once, and kept small for lists and searches. */
import type { HeaderAddress } from "../../../message/address/address-list.ts";
import { parseAddressList } from "../../../message/address/address-list.ts";
import { headerValue, headerValues } from "../../../message/header/fields.ts";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import type { Part } from "../../../message/mime/part.ts";
import { readMessage } from "../../../message/read-message.ts";
import type { CaughtMail } from "../all-mail.ts";

export type MailpitAddress = { readonly Name: string; readonly Address: string };

export type Digest = {
  readonly messageId: string;
  readonly from: MailpitAddress | null;
  readonly to: readonly MailpitAddress[];
  readonly cc: readonly MailpitAddress[];
  /** Of the header, and whom only the envelope names. */
  readonly bcc: readonly MailpitAddress[];
  readonly replyTo: readonly MailpitAddress[];
  readonly subject: string;
  readonly snippet: string;
  readonly tags: readonly string[];
  readonly attachments: number;
  readonly inline: number;
  /** Lower case: words, subject, addresses, names of attachments. */
  readonly searchText: string;
};

const SNIPPET_MAX = 250;
/** Limit: words beyond this are not searched; a thousand digests stay below some 20 MB. */
const SEARCHED_MAX = 10_000;

export function digestOf(mail: CaughtMail, bytes: Uint8Array): Digest {
  const message = readMessage(bytes);
  const root = parseMime(bytes);
  const addresses = (name: string): MailpitAddress[] =>
    headerValues(root.header, name).flatMap((value) => parseAddressList(value).addresses.map(toAddress));
  const [to, cc, headerBcc] = [addresses("to"), addresses("cc"), addresses("bcc")];
  const named = new Set([...to, ...cc, ...headerBcc].map(({ Address }) => Address.toLowerCase()));
  const hidden = mail.recipients.filter((one) => !named.has(one.toLowerCase()));
  const bcc = [...headerBcc, ...hidden.map((Address) => ({ Name: "", Address }))];
  const { attached, inline } = partsOf(root);
  const from = addresses("from")[0] ?? null;
  const subject = message.subject ?? "";
  const everybody = [...(from === null ? [] : [from]), ...to, ...cc, ...bcc];
  const searched = [
    subject,
    ...everybody.map(({ Name, Address }) => `${Name} ${Address}`),
    ...[...attached, ...inline].map(({ part }) => part.filename ?? ""),
    message.text.slice(0, SEARCHED_MAX),
  ];
  return {
    messageId: (message.messageId ?? "").replaceAll(/^<|>$/g, ""),
    from,
    to,
    cc,
    bcc,
    replyTo: addresses("reply-to"),
    subject,
    snippet: message.text
      .slice(0, SNIPPET_MAX * 4)
      .replaceAll(/\s+/g, " ")
      .trim()
      .slice(0, SNIPPET_MAX),
    tags: tagsOf(headerValue(root.header, "x-tags")),
    attachments: attached.length,
    inline: inline.length,
    searchText: searched.join(" ").replaceAll(/\s+/g, " ").toLowerCase(),
  };
}

function toAddress({ name, address }: HeaderAddress): MailpitAddress {
  return { Name: name, Address: address };
}

function tagsOf(value: string | undefined): string[] {
  const tags = (value ?? "").split(",").map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ""))].toSorted();
}

export type NumberedPart = { readonly id: string; readonly part: Part };

/** Parts that are not the words of the message: those its HTML shows by Content-ID, and the rest. */
export function partsOf(root: Part): { readonly attached: NumberedPart[]; readonly inline: NumberedPart[] } {
  const attached: NumberedPart[] = [];
  const inline: NumberedPart[] = [];
  for (const numbered of leavesOf(root, "")) {
    const { contentType, disposition, contentId } = numbered.part;
    const isWords = contentType === "text/plain" || contentType === "text/html";
    if (isWords && disposition !== "attachment") continue;
    (contentId !== undefined && disposition !== "attachment" ? inline : attached).push(numbered);
  }
  return { attached, inline };
}

/** Numbered as Mailpit numbers them: from 1 at each level, `2.1` below the second; a message of one part is 0. */
export function leavesOf(part: Part, id: string): NumberedPart[] {
  if (!part.contentType.startsWith("multipart/") || part.children.length === 0)
    return [{ id: id === "" ? "0" : id, part }];
  return part.children.flatMap((child, at) => leavesOf(child, id === "" ? `${at + 1}` : `${id}.${at + 1}`));
}
