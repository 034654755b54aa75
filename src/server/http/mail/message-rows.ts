/** A message as a row of a list, out of its columns and its ready-made digest: the message itself is not read. */
import { formatId } from "./message-ids.ts";
import type { AccountMail, EmailDigest } from "../../../store/account-mail.ts";
import type { MessageTable } from "../../../store/message-table.ts";
import { hasAttachment } from "../../../message/digest/has-attachment.ts";
import {
  decodeRawWords,
  type Envelope,
  type EnvelopeAddress,
  readEnvelope,
} from "../../../message/digest/read-envelope.ts";
import { parseDate } from "../../../message/header/date.ts";
import type { AddressView, MessageRowView } from "./views.ts";

/** Limit: addresses of a row; the message itself has all. */
const ROW_ADDRESSES_MAX = 20;
/** Limit: characters of a subject in a row. */
const SUBJECT_CHARACTERS_MAX = 500;

const NO_DIGEST: EmailDigest = { envelope: new Uint8Array(0), structure: new Uint8Array(0), preview: "" };

export function messageRow(
  mail: AccountMail,
  mailboxId: number,
  table: MessageTable,
  row: number,
): MessageRowView {
  const { uid, emailId, threadId, receivedAt, sizeBytes, flagSet } = table.row(row);
  const digest = mail.digest(emailId) ?? NO_DIGEST;
  const envelope = readEnvelope(digest.envelope);
  const flags = table.flagSets.flags(flagSet);
  return {
    id: formatId(mailboxId, uid),
    mailboxId,
    uid,
    emailId,
    threadId,
    from: addressViews(envelope.from),
    to: addressViews(envelope.to),
    subject: subjectOf(envelope),
    preview: digest.preview,
    receivedAt,
    sentAt: (envelope.date === undefined ? undefined : parseDate(envelope.date)) ?? null,
    sizeBytes,
    ...flagViews(flags),
    hasAttachment: hasAttachment(digest.structure),
  };
}

function flagViews(
  flags: readonly string[],
): Pick<MessageRowView, "flags" | "unread" | "flagged" | "answered" | "forwarded" | "draft"> {
  const has = (flag: string): boolean => flags.includes(flag);
  return {
    flags: [...flags],
    unread: !has("\\Seen"),
    flagged: has("\\Flagged"),
    answered: has("\\Answered"),
    forwarded: flags.some((flag) => flag.toLowerCase() === "$forwarded"),
    draft: has("\\Draft"),
  };
}

export function subjectOf({ subject }: Pick<Envelope, "subject">): string {
  return subject === undefined ? "" : decodeRawWords(subject).trim().slice(0, SUBJECT_CHARACTERS_MAX);
}

export function addressViews(addresses: readonly EnvelopeAddress[], max = ROW_ADDRESSES_MAX): AddressView[] {
  const views: AddressView[] = [];
  for (const { name, mailbox, host } of addresses) {
    // The beginning and end of a group are no addresses.
    if (host === undefined || mailbox === undefined) continue;
    if (views.length === max) break;
    const address = decodeRawWords(host === "" ? mailbox : `${mailbox}@${host}`);
    views.push({ name: name === undefined ? "" : decodeRawWords(name), address });
  }
  return views;
}
