/** The text of an envelope's field as searches compare it. */
import { decodeRawWords, showAddresses, type Envelope } from "../../message/digest/read-envelope.ts";
import type { IndexedField } from "./search-index.ts";

export type IndexedEnvelopeField = Exclude<IndexedField, "text">;

/** Not folded. Undefined when the message has no such field. */
export function envelopeText(envelope: Envelope, field: IndexedEnvelopeField): string | undefined {
  if (field === "subject")
    return envelope.subject === undefined ? undefined : decodeRawWords(envelope.subject);
  return envelope[field].length === 0 ? undefined : showAddresses(envelope[field]);
}
