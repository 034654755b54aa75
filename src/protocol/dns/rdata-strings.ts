/** The types whose data are strings: TXT (RFC 1035 §3.3.14) and CAA (RFC 8659 §4). */
import { fromLatin1 } from "../../base/bytes.ts";
import type { RdataCodec } from "./rdata-codec.ts";
import type { DataOf } from "./record.ts";
import { quoteText } from "./text-fields.ts";
import { Malformed } from "./wire.ts";

export const txtCodec: RdataCodec<DataOf<"TXT">> = {
  decode(reader, end) {
    const strings: string[] = [];
    while (reader.offset < end) strings.push(reader.characterString());
    if (strings.length === 0) throw new Malformed("a TXT record without a string");
    return { type: "TXT", strings };
  },
  encode(writer, { strings }) {
    for (const text of strings) writer.characterString(text);
  },
  format: ({ strings }) => strings.map(quoteText).join(" "),
  parse(fields) {
    const strings = [fields.string("a string")];
    while (!fields.atEnd()) strings.push(fields.string("a string"));
    return { type: "TXT", strings };
  },
};

/** Limit: a value fills at most its record. */
const CAA_VALUE_BYTES_MAX = 65_000;

export const caaCodec: RdataCodec<DataOf<"CAA">> = {
  decode(reader, end) {
    const flags = reader.uint8();
    const tag = reader.characterString();
    if (!/^[0-9a-z]+$/i.test(tag)) throw new Malformed("a CAA tag that is not letters and digits");
    return { type: "CAA", flags, tag, value: reader.latin1(end - reader.offset) };
  },
  encode(writer, { flags, tag, value }) {
    writer.uint8(flags);
    writer.characterString(tag);
    writer.put(fromLatin1(value));
  },
  format: ({ flags, tag, value }) => `${flags} ${tag} ${quoteText(value)}`,
  parse(fields) {
    const flags = fields.integer(255, "flags");
    const expected = "a tag of letters and digits, as in issue";
    const token = fields.token(expected);
    if (!/^[0-9a-z]{1,255}$/i.test(token.raw)) fields.fail(token, expected);
    return { type: "CAA", flags, tag: token.raw, value: fields.string("a value", CAA_VALUE_BYTES_MAX) };
  },
};
