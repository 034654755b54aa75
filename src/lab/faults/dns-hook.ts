/** The lab's hand in a name server's answers: what the server's `intercept` asks for each question. */
import type { Endpoint } from "../../base/network.ts";
import type { Question, RecordData } from "../../protocol/dns/record.ts";
import type { DnsFault } from "../../server/dns/dns-fault.ts";
import type { FaultAction } from "./fault.ts";
import type { FaultBox } from "./fault-box.ts";

/** Short, so that the end of the fault is felt soon. */
const WRONG_TTL_SECONDS = 60;

export type DnsIntercept = (question: Question, client: Endpoint) => DnsFault | undefined;

export function dnsIntercept(box: FaultBox, host: string): DnsIntercept {
  return (question) => {
    if (box.isEmpty) return undefined;
    const facts = { query: { name: question.name, type: question.type } };
    const action = box.strike(host, { kind: "dns", host }, facts, (one) => suits(one, question));
    return action === undefined ? undefined : toDnsFault(action, question);
  };
}

/** Wrong records answer questions of their own type only: who says `A 10.66.0.99` means addresses. */
function suits({ wrong }: FaultAction, question: Question): boolean {
  return wrong === undefined || wrong.some((data) => answers(data, question));
}

function answers({ type }: RecordData, question: Question): boolean {
  return type === question.type || type === "CNAME" || question.type === "ANY";
}

function toDnsFault(action: FaultAction, question: Question): DnsFault {
  const { rcode, truncate, wrong, delayMs, cut } = action;
  if (rcode !== undefined) return { action: "rcode", rcode };
  if (truncate === true) return { action: "truncate" };
  if (wrong !== undefined) {
    const data = wrong.filter((one) => answers(one, question));
    const record = { name: question.name, class: question.class, ttlSeconds: WRONG_TTL_SECONDS };
    return { action: "wrong", answers: data.map((one) => ({ ...record, data: one })) };
  }
  if (cut !== undefined) return { action: "drop" };
  if (delayMs !== undefined) return { action: "delay", delayMs };
  return { action: "rcode", rcode: "REFUSED" }; // beyond a rate limit
}
