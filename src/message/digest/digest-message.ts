/** What the store keeps ready of a message, found once when it comes in: never throws, whatever the bytes. */
import { fromLatin1, utf8 } from "../../base/bytes.ts";
import { headerValue, parseHeader } from "../header/fields.ts";
import { parseMessageId, parseMessageIds } from "../header/message-id.ts";

export type MessageDigest = {
  readonly envelope: Uint8Array;
  readonly structure: Uint8Array;
  readonly preview: string;
  readonly messageId: string | undefined;
  readonly references: readonly string[];
  readonly baseSubject: string;
  readonly sentAt: number | undefined;
};

export function digestMessage(content: Uint8Array): MessageDigest {
  const header = parseHeader(content);
  const value = (name: string): string => headerValue(header, name) ?? "";
  return {
    envelope: fromLatin1("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
    structure: fromLatin1(`("text" "plain" NIL NIL NIL "7bit" ${content.length - header.bodyStart} 0)`),
    preview: utf8(content.subarray(header.bodyStart, header.bodyStart + 200)),
    messageId: parseMessageId(value("message-id")),
    references: parseMessageIds(`${value("references")} ${value("in-reply-to")}`),
    baseSubject: value("subject"),
    sentAt: undefined,
  };
}
