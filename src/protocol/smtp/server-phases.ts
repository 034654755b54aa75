/**
 * The order of commands as a table: which verb may come in which phase, and what it hears otherwise (RFC 5321 §4.1.4,
 * RFC 3030 §2, RFC 3207 §4, RFC 4954 §3). The session, its tests and its documentation read this one value.
 */
import type { Verb } from "./command.ts";
import { reply, type SmtpReply } from "./reply.ts";

/** start: no EHLO yet · ready: between messages · mail: MAIL taken · rcpt: one RCPT taken at least · chunks: BDAT begun */
export const PHASES = ["start", "ready", "mail", "rcpt", "chunks"] as const;
export type Phase = (typeof PHASES)[number];

export const OUT_OF_ORDER = {
  noHello: reply(503, "5.5.1", "say EHLO first"),
  nested: reply(503, "5.5.1", "a message is under way: finish it, or say RSET"),
  noMail: reply(503, "5.5.1", "say MAIL first"),
  noRcpt: reply(554, "5.5.1", "there is no valid recipient"),
  inChunks: reply(503, "5.5.1", "chunks are under way: go on with BDAT, or say RSET"),
} as const satisfies Record<string, SmtpReply>;

export type Cell = "run" | keyof typeof OUT_OF_ORDER;

const anytime = { start: "run", ready: "run", mail: "run", rcpt: "run", chunks: "run" } as const;
const betweenMessages = {
  start: "noHello",
  ready: "run",
  mail: "nested",
  rcpt: "nested",
  chunks: "nested",
} as const;

export const PHASE_TABLE: Readonly<Record<Verb, Readonly<Record<Phase, Cell>>>> = {
  EHLO: anytime, // ends a message under way, as RSET does
  HELO: anytime,
  LHLO: anytime,
  MAIL: betweenMessages,
  RCPT: { start: "noHello", ready: "noMail", mail: "run", rcpt: "run", chunks: "inChunks" },
  DATA: { start: "noHello", ready: "noMail", mail: "noRcpt", rcpt: "run", chunks: "inChunks" },
  BDAT: { start: "noHello", ready: "noMail", mail: "noRcpt", rcpt: "run", chunks: "run" },
  RSET: anytime,
  NOOP: anytime,
  VRFY: anytime,
  EXPN: anytime,
  HELP: anytime,
  QUIT: anytime,
  AUTH: betweenMessages,
  STARTTLS: betweenMessages,
};
