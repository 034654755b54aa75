/**
 * From a query to its reply, without a wire: refuses what is not served, answers from the zones, and says when the
 * rest has to be asked elsewhere. Pure.
 */
import { UDP_BYTES_CLASSIC, UDP_BYTES_EDNS } from "../../protocol/dns/encode.ts";
import { answerQuestion } from "../../protocol/dns/lookup.ts";
import type { ZoneIndex } from "../../protocol/dns/lookup.ts";
import { OPCODE_QUERY } from "../../protocol/dns/message.ts";
import type { Edns, Message, Rcode } from "../../protocol/dns/message.ts";
import type { Question } from "../../protocol/dns/record.ts";

export type Reply = {
  readonly message: Message;
  /** What a forwarder is to be asked: the whole question, or the end of a CNAME chain that left our zones. */
  readonly forward: Question | undefined;
};

export function replyTo(query: Message, index: ZoneIndex, canForward: boolean): Reply {
  const question = query.questions[0];
  const refused = refusal(query, question);
  if (refused !== undefined || question === undefined)
    return { message: emptyReply(query, refused ?? "FORMERR", canForward), forward: undefined };
  const answer = answerQuestion(index, question);
  const mayForward = canForward && query.recursionDesired;
  if (answer.kind === "notOurs") {
    const message = emptyReply(query, answer.rcode, canForward);
    return { message, forward: mayForward ? question : undefined };
  }
  const { rcode, authoritative, answers, authorities, additionals, continueAt } = answer;
  const message: Message = {
    ...emptyReply(query, rcode, canForward),
    authoritative,
    answers,
    authorities,
    additionals,
  };
  const forward = mayForward && continueAt !== undefined ? { ...question, name: continueAt } : undefined;
  return { message, forward };
}

/** The reply's header and question with nothing in it. */
export function emptyReply(query: Message, rcode: Rcode, recursionAvailable: boolean): Message {
  return {
    id: query.id,
    opcode: query.opcode,
    response: true,
    authoritative: false,
    truncated: false,
    recursionDesired: query.recursionDesired,
    recursionAvailable,
    authenticData: false,
    checkingDisabled: query.checkingDisabled,
    rcode,
    questions: query.questions,
    answers: [],
    authorities: [],
    additionals: [],
    edns: query.edns === undefined ? undefined : replyEdns(query.edns),
  };
}

/** How much may go back over UDP (RFC 6891 §6.2.3). */
export function udpBytesMax({ edns }: Message): number {
  if (edns === undefined) return UDP_BYTES_CLASSIC;
  return Math.min(Math.max(edns.udpSizeBytes, UDP_BYTES_CLASSIC), UDP_BYTES_EDNS);
}

/** RFC 3225 §3: DO is copied. We know no options, and so echo none (RFC 6891 §6.1.2). */
function replyEdns({ dnssecOk }: Edns): Edns {
  return { version: 0, udpSizeBytes: UDP_BYTES_EDNS, dnssecOk, options: [] };
}

function refusal(query: Message, question: Question | undefined): Rcode | undefined {
  if (query.edns !== undefined && query.edns.version > 0) return "BADVERS"; // RFC 6891 §6.1.3
  if (query.opcode !== OPCODE_QUERY) return "NOTIMP";
  if (question === undefined || query.questions.length !== 1) return "FORMERR"; // RFC 9619 §4
  // No transfers, and no class but the Internet's.
  if (question.type === "AXFR" || question.type === "IXFR") return "REFUSED";
  if (question.class !== "IN" && question.class !== "ANY") return "REFUSED";
  return question.type === "OPT" ? "FORMERR" : undefined;
}
