/**
 * Message to bytes, with names compressed. What does not fit `sizeBytesMax` is cut at a whole record set and TC set
 * (RFC 2181 §9), unless only extras of the additional section were lost. Throws RangeError for a value that cannot
 * stand in a message, which is a bug of the caller.
 */
import { HEADER_BYTES } from "./decode.ts";
import { rcodeCode } from "./message.ts";
import type { Edns, Message } from "./message.ts";
import { encodeRdata } from "./rdata.ts";
import { classCode, typeCode } from "./record.ts";
import type { ResourceRecord } from "./record.ts";
import { WireWriter } from "./wire.ts";

/** Limit: two bytes of length in front of a message over TCP (RFC 1035 §4.2.2). */
export const MESSAGE_BYTES_MAX = 65_535;
/** Limit: RFC 1035 §4.2.1, over UDP to somebody who did not say more by EDNS. */
export const UDP_BYTES_CLASSIC = 512;
/** Limit: RFC 6891's size kept below what a path of 1280 bytes fragments; what dig and BIND send. */
export const UDP_BYTES_EDNS = 1232;

const OPT_BYTES_MIN = 11;

export function encodeMessage(message: Message, sizeBytesMax: number = MESSAGE_BYTES_MAX): Uint8Array {
  const writer = new WireWriter();
  const { edns } = message;
  const roomFor = sizeBytesMax - (edns === undefined ? 0 : optBytes(edns));
  writer.uint16(message.id);
  writer.uint16(0);
  writer.uint16(message.questions.length);
  writer.uint16(0);
  writer.uint16(0);
  writer.uint16(0);
  for (const { name, type, class: recordClass } of message.questions) {
    writer.name(name, true);
    writer.uint16(typeCode(type));
    writer.uint16(classCode(recordClass));
  }
  const answers = writeSection(writer, message.answers, roomFor);
  const authorities = answers.fits ? writeSection(writer, message.authorities, roomFor) : NONE;
  const additionals = authorities.fits ? writeSection(writer, message.additionals, roomFor) : NONE;
  // Glue is no extra: without it a referral leads nowhere (RFC 9471 §3).
  const isReferral = message.answers.length === 0 && !message.authoritative && message.authorities.length > 0;
  const truncated =
    message.truncated || !answers.fits || !authorities.fits || (isReferral && !additionals.fits);
  if (edns !== undefined) writeOpt(writer, edns, rcodeCode(message.rcode) >> 4);
  writer.patch16(2, flagBits(message, truncated));
  writer.patch16(6, answers.count);
  writer.patch16(8, authorities.count);
  writer.patch16(10, additionals.count + (edns === undefined ? 0 : 1));
  return writer.finish();
}

/** The reply to bytes of which only the header could be read. */
export function encodeFormatError(header: {
  id: number;
  opcode: number;
  recursionDesired: boolean;
}): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes[0] = header.id >> 8;
  bytes[1] = header.id & 255;
  bytes[2] = 0x80 | (header.opcode << 3) | (header.recursionDesired ? 1 : 0);
  bytes[3] = rcodeCode("FORMERR");
  return bytes;
}

function flagBits(message: Message, truncated: boolean): number {
  return (
    (message.response ? 0x8000 : 0) |
    (message.opcode << 11) |
    (message.authoritative ? 0x0400 : 0) |
    (truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    (message.authenticData ? 0x0020 : 0) |
    (message.checkingDisabled ? 0x0010 : 0) |
    (rcodeCode(message.rcode) & 15)
  );
}

type Section = { readonly count: number; readonly fits: boolean };
const NONE: Section = { count: 0, fits: false };

function writeSection(writer: WireWriter, records: readonly ResourceRecord[], sizeBytesMax: number): Section {
  let setStart = writer.offset;
  let setFirst = 0;
  for (const [index, record] of records.entries()) {
    const before = records[index - 1];
    if (before !== undefined && (before.name !== record.name || before.data.type !== record.data.type)) {
      setStart = writer.offset;
      setFirst = index;
    }
    writeRecord(writer, record);
    if (writer.offset > sizeBytesMax) {
      writer.rollback(setStart);
      return { count: setFirst, fits: false };
    }
  }
  return { count: records.length, fits: true };
}

function writeRecord(writer: WireWriter, record: ResourceRecord): void {
  writer.name(record.name, true);
  writer.uint16(typeCode(record.data.type));
  writer.uint16(classCode(record.class));
  writer.uint32(record.ttlSeconds);
  const lengthAt = writer.offset;
  writer.uint16(0);
  encodeRdata(writer, record.data);
  writer.patch16(lengthAt, writer.offset - lengthAt - 2);
}

function optBytes(edns: Edns): number {
  let sizeBytes = OPT_BYTES_MIN;
  for (const { data } of edns.options) sizeBytes += 4 + data.length;
  return sizeBytes;
}

function writeOpt(writer: WireWriter, edns: Edns, highRcode: number): void {
  writer.uint8(0);
  writer.uint16(typeCode("OPT"));
  writer.uint16(edns.udpSizeBytes);
  writer.uint8(highRcode);
  writer.uint8(edns.version);
  writer.uint16(edns.dnssecOk ? 0x8000 : 0);
  const lengthAt = writer.offset;
  writer.uint16(0);
  for (const { code, data } of edns.options) {
    writer.uint16(code);
    writer.uint16(data.length);
    writer.put(data);
  }
  writer.patch16(lengthAt, writer.offset - lengthAt - 2);
}
