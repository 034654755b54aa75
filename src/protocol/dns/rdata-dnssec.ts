/** The types of keys and signatures: DS, DNSKEY, RRSIG (RFC 4034) and TLSA (RFC 6698). They are carried, not checked, here. */
import { absoluteName } from "./name.ts";
import type { RdataCodec } from "./rdata-codec.ts";
import { isRecordType, parseTypeName, typeCode, typeName } from "./record.ts";
import type { DataOf, RecordTypeName } from "./record.ts";
import { formatHex, inWords } from "./text-fields.ts";
import type { TextFields } from "./text-fields.ts";

const base64 = (bytes: Uint8Array): string => inWords(Buffer.from(bytes).toString("base64"));

export const tlsaCodec: RdataCodec<DataOf<"TLSA">> = {
  decode: (reader, end) => ({
    type: "TLSA",
    usage: reader.uint8(),
    selector: reader.uint8(),
    matchingType: reader.uint8(),
    data: reader.take(end - reader.offset),
  }),
  encode(writer, { usage, selector, matchingType, data }) {
    writer.uint8(usage);
    writer.uint8(selector);
    writer.uint8(matchingType);
    writer.put(data);
  },
  format: ({ usage, selector, matchingType, data }) =>
    `${usage} ${selector} ${matchingType} ${formatHex(data)}`,
  parse: (fields) => ({
    type: "TLSA",
    usage: fields.integer(255, "a certificate usage"),
    selector: fields.integer(255, "a selector"),
    matchingType: fields.integer(255, "a matching type"),
    data: fields.hexRest("the certificate data"),
  }),
};

export const dsCodec: RdataCodec<DataOf<"DS">> = {
  decode: (reader, end) => ({
    type: "DS",
    keyTag: reader.uint16(),
    algorithm: reader.uint8(),
    digestType: reader.uint8(),
    digest: reader.take(end - reader.offset),
  }),
  encode(writer, { keyTag, algorithm, digestType, digest }) {
    writer.uint16(keyTag);
    writer.uint8(algorithm);
    writer.uint8(digestType);
    writer.put(digest);
  },
  format: ({ keyTag, algorithm, digestType, digest }) =>
    `${keyTag} ${algorithm} ${digestType} ${formatHex(digest)}`,
  parse: (fields) => ({
    type: "DS",
    keyTag: fields.integer(0xffff, "a key tag"),
    algorithm: fields.integer(255, "an algorithm number"),
    digestType: fields.integer(255, "a digest type"),
    digest: fields.hexRest("the digest"),
  }),
};

export const dnskeyCodec: RdataCodec<DataOf<"DNSKEY">> = {
  decode: (reader, end) => ({
    type: "DNSKEY",
    flags: reader.uint16(),
    protocol: reader.uint8(),
    algorithm: reader.uint8(),
    publicKey: reader.take(end - reader.offset),
  }),
  encode(writer, { flags, protocol, algorithm, publicKey }) {
    writer.uint16(flags);
    writer.uint8(protocol);
    writer.uint8(algorithm);
    writer.put(publicKey);
  },
  format: ({ flags, protocol, algorithm, publicKey }) =>
    `${flags} ${protocol} ${algorithm} ${base64(publicKey)}`,
  parse: (fields) => ({
    type: "DNSKEY",
    flags: fields.integer(0xffff, "flags"),
    protocol: fields.integer(255, "a protocol number"),
    algorithm: fields.integer(255, "an algorithm number"),
    publicKey: fields.base64Rest("the public key"),
  }),
};

export const rrsigCodec: RdataCodec<DataOf<"RRSIG">> = {
  decode: (reader, end) => ({
    type: "RRSIG",
    typeCovered: typeName(reader.uint16()) as RecordTypeName,
    algorithm: reader.uint8(),
    labels: reader.uint8(),
    originalTtlSeconds: reader.uint32(),
    expirationSeconds: reader.uint32(),
    inceptionSeconds: reader.uint32(),
    keyTag: reader.uint16(),
    signer: reader.name(),
    signature: reader.take(end - reader.offset),
  }),
  encode(writer, data) {
    writer.uint16(typeCode(data.typeCovered));
    writer.uint8(data.algorithm);
    writer.uint8(data.labels);
    writer.uint32(data.originalTtlSeconds);
    writer.uint32(data.expirationSeconds);
    writer.uint32(data.inceptionSeconds);
    writer.uint16(data.keyTag);
    writer.name(data.signer, false);
    writer.put(data.signature);
  },
  format: (data) =>
    [
      data.typeCovered,
      data.algorithm,
      data.labels,
      data.originalTtlSeconds,
      formatTime(data.expirationSeconds),
      formatTime(data.inceptionSeconds),
      data.keyTag,
      absoluteName(data.signer),
      base64(data.signature),
    ].join(" "),
  parse: (fields) => ({
    type: "RRSIG",
    typeCovered: parseCovered(fields),
    algorithm: fields.integer(255, "an algorithm number"),
    labels: fields.integer(255, "a count of labels"),
    originalTtlSeconds: fields.seconds("the original TTL"),
    expirationSeconds: parseTime(fields),
    inceptionSeconds: parseTime(fields),
    keyTag: fields.integer(0xffff, "a key tag"),
    signer: fields.name("the signer's name"),
    signature: fields.base64Rest("the signature"),
  }),
};

function parseCovered(fields: TextFields): RecordTypeName {
  const token = fields.token("the covered type");
  const type = parseTypeName(token.raw);
  return type !== undefined && isRecordType(type) ? type : fields.fail(token, "the covered type");
}

/** RFC 4034 §3.2: YYYYMMDDHHmmSS in UTC. */
function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll(/[-T:]/g, "");
}

/** Either form of RFC 4034 §3.2: fourteen digits of a date, or seconds. */
function parseTime(fields: TextFields): number {
  const expected = "a time as YYYYMMDDHHmmSS";
  const token = fields.token(expected);
  const date = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(token.raw);
  if (date !== null) {
    const [, year, month, day, hour, minute, second] = date.map(Number) as number[];
    const ms = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
    const seconds = Math.floor(ms / 1000);
    if (seconds >= 0 && seconds < 2 ** 32 && formatTime(seconds) === token.raw) return seconds;
    return fields.fail(token, expected);
  }
  if (!/^\d{1,10}$/.test(token.raw) || Number(token.raw) > 0xffff_ffff) fields.fail(token, expected);
  return Number(token.raw);
}
