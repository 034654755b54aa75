/**
 * The data of a record of any type, in its four directions: wire and text, to and from. A type we do not know, or a
 * known one written as `\# length hex`, goes by RFC 3597.
 */
import { aCodec, aaaaCodec } from "./rdata-address.ts";
import type { RdataCodec } from "./rdata-codec.ts";
import { dnskeyCodec, dsCodec, rrsigCodec, tlsaCodec } from "./rdata-dnssec.ts";
import { cnameCodec, mxCodec, nsCodec, ptrCodec, soaCodec, srvCodec } from "./rdata-names.ts";
import { caaCodec, txtCodec } from "./rdata-strings.ts";
import { svcbCodec } from "./rdata-svcb.ts";
import type { DataOf, KnownType, RecordData, RecordTypeName, UnknownType } from "./record.ts";
import { TextError, formatHex } from "./text-fields.ts";
import type { TextFields } from "./text-fields.ts";
import { Malformed, WireReader, WireWriter } from "./wire.ts";

const CODECS: { readonly [T in KnownType]: RdataCodec<DataOf<T>> } = {
  A: aCodec,
  AAAA: aaaaCodec,
  NS: nsCodec,
  CNAME: cnameCodec,
  PTR: ptrCodec,
  MX: mxCodec,
  SOA: soaCodec,
  TXT: txtCodec,
  SRV: srvCodec,
  TLSA: tlsaCodec,
  CAA: caaCodec,
  DS: dsCodec,
  DNSKEY: dnskeyCodec,
  RRSIG: rrsigCodec,
  SVCB: svcbCodec("SVCB"),
  HTTPS: svcbCodec("HTTPS"),
};

function codecOf(type: RecordTypeName): RdataCodec<RecordData> | undefined {
  return (CODECS as Readonly<Record<string, unknown>>)[type] as RdataCodec<RecordData> | undefined;
}

/** Reads the `lengthBytes` of a record's data; throws Malformed, also when the data is longer or shorter than its type. */
export function decodeRdata(reader: WireReader, type: RecordTypeName, lengthBytes: number): RecordData {
  const end = reader.offset + lengthBytes;
  if (end > reader.bytes.length) throw new Malformed("a record runs past the message");
  const codec = codecOf(type);
  if (codec === undefined) return { type: type as UnknownType, bytes: reader.take(lengthBytes) };
  const data = codec.decode(reader, end);
  if (reader.offset !== end) throw new Malformed(`the data of a ${type} record has the wrong length`);
  return data;
}

export function encodeRdata(writer: WireWriter, data: RecordData): void {
  const codec = codecOf(data.type);
  if (codec !== undefined) codec.encode(writer, data);
  else writer.put((data as DataOf<UnknownType>).bytes);
}

/** As in a zone file, names with their trailing dot: `10 mx.example.`. */
export function formatRdata(data: RecordData): string {
  const codec = codecOf(data.type);
  const text = codec?.format(data);
  if (text !== undefined) return text;
  const writer = new WireWriter();
  encodeRdata(writer, data);
  const bytes = writer.finish();
  return bytes.length === 0 ? "\\# 0" : `\\# ${bytes.length} ${formatHex(bytes)}`;
}

/** Reads all fields that are left; throws TextError. */
export function parseRdata(fields: TextFields, type: RecordTypeName): RecordData {
  const codec = codecOf(type);
  const first = fields.peek();
  if (first !== undefined && first.raw === "\\#" && !first.quoted) return parseGeneric(fields, type);
  if (codec === undefined) {
    const at = fields.token("\\# and a length, as RFC 3597 §5 writes a type without its own form");
    return fields.fail(at, "\\# and a length, as RFC 3597 §5 writes a type without its own form");
  }
  const data = codec.parse(fields);
  fields.end();
  return data;
}

/**
 *     generic = "\#" length [ hexadecimal ]      ; RFC 3597 §5
 */
function parseGeneric(fields: TextFields, type: RecordTypeName): RecordData {
  const mark = fields.token("\\#");
  const lengthBytes = fields.integer(0xffff, "the length in bytes");
  const bytes = lengthBytes === 0 && fields.atEnd() ? new Uint8Array(0) : fields.hexRest("the data");
  if (bytes.length !== lengthBytes)
    throw new TextError(
      mark,
      `${bytes.length} bytes where the length says ${lengthBytes}`,
      `${lengthBytes} bytes`,
    );
  try {
    return decodeRdata(new WireReader(bytes), type, lengthBytes);
  } catch (error) {
    if (error instanceof Malformed) throw new TextError(mark, error.message, `the data of a ${type} record`);
    throw error;
  }
}
