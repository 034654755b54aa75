/** What the store keeps ready of a message, found once when it comes in: never throws, whatever the bytes. */
import { fromLatin1 } from "../../base/bytes.ts";
import { parseDate } from "../header/date.ts";
import { headerValue, headerValues } from "../header/fields.ts";
import { parseMessageId, parseMessageIds } from "../header/message-id.ts";
import { parseMime } from "../mime/parse-mime.ts";
import { baseSubject } from "./base-subject.ts";
import { formatStructure } from "./body-structure.ts";
import { formatEnvelope } from "./envelope.ts";
import { previewOf } from "./preview.ts";

export type MessageDigest = {
  /** RFC 9051 §7.5.2 `envelope`, with its brackets. */
  readonly envelope: Uint8Array;
  /** RFC 9051 §7.5.2 `body`, extended. */
  readonly structure: Uint8Array;
  readonly preview: string;
  /** With its brackets. */
  readonly messageId: string | undefined;
  /** References, then In-Reply-To: ancestors, the nearest last. */
  readonly references: readonly string[];
  readonly baseSubject: string;
  /** Of the Date field, ms since 1970 UTC. */
  readonly sentAt: number | undefined;
};

export function digestMessage(content: Uint8Array): MessageDigest {
  const root = parseMime(content);
  const { header } = root;
  const date = headerValue(header, "date");
  const id = headerValue(header, "message-id");
  const ancestors = [...headerValues(header, "references"), ...headerValues(header, "in-reply-to")];
  return {
    envelope: fromLatin1(formatEnvelope(header)),
    structure: fromLatin1(formatStructure(root, true)),
    preview: previewOf(root),
    messageId: id === undefined ? undefined : parseMessageId(id),
    references: ancestors.flatMap(parseMessageIds),
    baseSubject: baseSubject(headerValue(header, "subject") ?? ""),
    sentAt: date === undefined ? undefined : parseDate(date),
  };
}
