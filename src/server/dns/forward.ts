/** Asks the forwarders for what is in no zone of ours: first one, and on silence or SERVFAIL the next. Never rejects. */
import type { Endpoint } from "../../base/network.ts";
import type { World } from "../../base/world.ts";
import type { Message } from "../../protocol/dns/message.ts";
import type { Question } from "../../protocol/dns/record.ts";
import { queryOnce } from "../resolver/query-once.ts";

/** Limit: a stub waits 5 s as a rule (resolv.conf), so two forwarders must fit in that. */
const FORWARD_TIMEOUT_MS = 2000;

type ForwardOptions = {
  readonly world: World;
  readonly forwarders: readonly Endpoint[];
  readonly from?: string | undefined;
};

/** `reply` completed by what the forwarders say to `question`. */
export async function forward(options: ForwardOptions, reply: Message, question: Question): Promise<Message> {
  let last: Message | undefined;
  for (const server of options.forwarders) {
    const answer = await askForwarder(options, server, question);
    if (answer === undefined) continue;
    last = answer;
    if (answer.rcode === "NOERROR" || answer.rcode === "NXDOMAIN") break;
  }
  if (last === undefined) return { ...reply, rcode: "SERVFAIL", authoritative: false };
  return {
    ...reply,
    rcode: last.rcode,
    authoritative: false,
    recursionAvailable: true,
    answers: [...reply.answers, ...last.answers],
    authorities: last.authorities,
    additionals: last.additionals,
  };
}

/** Undefined when it does not answer. A cut answer is asked for again over TCP. */
async function askForwarder(
  { world, from }: ForwardOptions,
  server: Endpoint,
  question: Question,
): Promise<Message | undefined> {
  const query = { world, server, question, from, timeoutMs: FORWARD_TIMEOUT_MS };
  const first = await queryOnce({ ...query, tcp: false });
  if (!first.ok) return undefined;
  if (!first.value.message.truncated) return first.value.message;
  const second = await queryOnce({ ...query, tcp: true });
  return second.ok ? second.value.message : undefined;
}
