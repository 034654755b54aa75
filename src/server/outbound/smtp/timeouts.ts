/** How long the sending agent waits for each thing, and how many of each it has: RFC 5321 §4.5.3.2 unless said otherwise. */
import type { Awaited } from "../../../protocol/smtp/client-transaction.ts";

export type SmtpClientTimeouts = Readonly<Record<Awaited, number>> & {
  readonly connect: number;
  readonly greeting: number;
  readonly hello: number;
  readonly tls: number;
  readonly auth: number;
  /** A peer that takes no content for so long is gone. */
  readonly content: number;
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const SMTP_CLIENT_TIMEOUTS: SmtpClientTimeouts = {
  connect: 30 * SECOND, // the RFC has none; a machine that is up answers in one or two
  greeting: 5 * MINUTE,
  hello: 5 * MINUTE,
  tls: 30 * SECOND,
  auth: 2 * MINUTE,
  reset: 5 * MINUTE,
  mail: 5 * MINUTE,
  rcpt: 5 * MINUTE,
  data: 2 * MINUTE,
  content: 3 * MINUTE,
  final: 10 * MINUTE,
};

export type SmtpAgentLimits = {
  readonly connectionsPerDestinationMax: number;
  readonly messagesPerConnectionMax: number;
  /** An idle connection is ended with QUIT after this. */
  readonly idleMs: number;
  /** An address that did not answer is tried last for so long. */
  readonly deadAddressMs: number;
  /** Jobs that wait for one destination's connections. */
  readonly jobsWaitingMax: number;
};

export const SMTP_AGENT_LIMITS: SmtpAgentLimits = {
  connectionsPerDestinationMax: 20, // what the large providers bear
  messagesPerConnectionMax: 1_000,
  idleMs: 5 * SECOND, // long enough to be reused, short enough not to hold the peer's slot
  deadAddressMs: MINUTE,
  jobsWaitingMax: 10_000,
};
