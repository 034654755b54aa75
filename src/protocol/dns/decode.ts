/**
 * Bytes to message. No bytes make it throw: what is no message is an answer that says why, with the header when that
 * much was readable, so that a server can send FORMERR (RFC 1035 §4.1.1). Bytes after the last record are ignored.
 */
import { err, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { Edns, EdnsOption, Header, Message } from "./message.ts";
import { rcodeName } from "./message.ts";
import { decodeRdata } from "./rdata.ts";
import { className, isRecordType, typeName } from "./record.ts";
import type { Question, ResourceRecord } from "./record.ts";
import { Malformed, WireReader } from "./wire.ts";

export const HEADER_BYTES = 12;
const QUESTION_BYTES_MIN = 5;
const RECORD_BYTES_MIN = 11;
const OPT_CODE = 41;
/** RFC 2181 §8: a TTL with its top bit set counts as zero. */
const TTL_TOP_BIT = 2 ** 31;

export type DecodeError = { readonly reason: string; readonly header: Header | undefined };

export function decodeMessage(bytes: Uint8Array): Result<Message, DecodeError> {
  if (bytes.length < HEADER_BYTES) return err({ reason: "it is shorter than a header", header: undefined });
  const reader = new WireReader(bytes);
  const id = reader.uint16();
  const flags = reader.uint16();
  const header = decodeHeader(id, flags);
  try {
    return ok(decodeBody(reader, header, flags & 15));
  } catch (error) {
    if (error instanceof Malformed) return err({ reason: error.message, header });
    throw error;
  }
}

function decodeHeader(id: number, flags: number): Header {
  return {
    id,
    opcode: (flags >> 11) & 15,
    response: (flags & 0x8000) !== 0,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    authenticData: (flags & 0x0020) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
  };
}

function decodeBody(reader: WireReader, header: Header, lowRcode: number): Message {
  const questionCount = reader.uint16();
  const answerCount = reader.uint16();
  const authorityCount = reader.uint16();
  const additionalCount = reader.uint16();
  // Limit: counts that the bytes cannot hold are refused before anything is read.
  const needed =
    questionCount * QUESTION_BYTES_MIN + (answerCount + authorityCount + additionalCount) * RECORD_BYTES_MIN;
  if (needed > reader.bytes.length - reader.offset)
    throw new Malformed("its counts promise more than it holds");

  const questions: Question[] = [];
  for (let i = 0; i < questionCount; i++) questions.push(decodeQuestion(reader));
  const opt: Opt = { edns: undefined, highRcode: 0 };
  const answers = decodeSection(reader, answerCount, undefined);
  const authorities = decodeSection(reader, authorityCount, undefined);
  const additionals = decodeSection(reader, additionalCount, opt);
  const rcode = rcodeName((opt.highRcode << 4) | lowRcode);
  return { ...header, rcode, questions, answers, authorities, additionals, edns: opt.edns };
}

function decodeQuestion(reader: WireReader): Question {
  return { name: reader.name(), type: typeName(reader.uint16()), class: className(reader.uint16()) };
}

type Opt = { edns: Edns | undefined; highRcode: number };

/** `opt` takes the OPT record where one may stand: once, in the additional section, with the root as its name. */
function decodeSection(reader: WireReader, count: number, opt: Opt | undefined): ResourceRecord[] {
  const records: ResourceRecord[] = [];
  for (let i = 0; i < count; i++) {
    const name = reader.name();
    const code = reader.uint16();
    const classNumber = reader.uint16();
    const ttl = reader.uint32();
    const lengthBytes = reader.uint16();
    if (code === OPT_CODE) {
      if (opt === undefined || opt.edns !== undefined || name !== ".")
        throw new Malformed("an OPT record out of place");
      opt.highRcode = ttl >>> 24;
      opt.edns = {
        version: (ttl >>> 16) & 255,
        udpSizeBytes: classNumber,
        dnssecOk: (ttl & 0x8000) !== 0,
        options: decodeOptions(reader, lengthBytes),
      };
      continue;
    }
    const type = typeName(code);
    if (!isRecordType(type)) throw new Malformed(`a record of the type ${type}`);
    const data = decodeRdata(reader, type, lengthBytes);
    records.push({ name, class: className(classNumber), ttlSeconds: ttl >= TTL_TOP_BIT ? 0 : ttl, data });
  }
  return records;
}

function decodeOptions(reader: WireReader, lengthBytes: number): EdnsOption[] {
  const end = reader.offset + lengthBytes;
  const options: EdnsOption[] = [];
  while (reader.offset < end) {
    const code = reader.uint16();
    options.push({ code, data: reader.take(reader.uint16()) });
  }
  if (reader.offset !== end) throw new Malformed("the options of its OPT record have the wrong length");
  return options;
}
