/**
 * The reply a fault speaks, from what a person writes: `451`, `"450 4.2.1 busy"`, several lines joined by line ends.
 *
 *     fault-reply = code [ SP [ status SP ] text ]          ; code of RFC 5321 §4.2.1, status of RFC 3463 §2
 */
import { reply, type SmtpReply } from "../../protocol/smtp/reply.ts";

const DEFAULTS: Readonly<Record<number, readonly [status: string, text: string]>> = {
  421: ["4.3.2", "not now, closing"],
  450: ["4.2.1", "mailbox busy"],
  451: ["4.3.0", "try again later"],
  452: ["4.3.1", "no room"],
  454: ["4.7.0", "not available now"],
  500: ["5.5.2", "not understood"],
  502: ["5.5.1", "not implemented"],
  503: ["5.5.1", "bad sequence of commands"],
  530: ["5.7.0", "authentication required"],
  535: ["5.7.8", "authentication failed"],
  550: ["5.1.1", "no such user"],
  551: ["5.1.6", "user moved away"],
  552: ["5.2.2", "mailbox full"],
  553: ["5.1.3", "bad mailbox name"],
  554: ["5.0.0", "transaction failed"],
};

/** Undefined for text that is no reply. A code alone gets the text that code usually has. */
export function parseFaultReply(text: string): SmtpReply | undefined {
  const match = /^([2-5][0-5]\d)(?:[ -]([\s\S]*))?$/.exec(text.trim());
  if (match === null) return undefined;
  const code = Number(match[1]);
  if (match[2] === undefined || match[2].trim() === "") return defaultReply(code);
  const [, status, words = ""] = /^(?:([245]\.\d{1,3}\.\d{1,3})(?:\s+|$))?([\s\S]*)$/.exec(match[2]) ?? [];
  if (status !== undefined && Number(status[0]) !== Math.floor(code / 100)) return undefined;
  return reply(code, status, ...words.split(/\r?\n/));
}

export function defaultReply(code: number): SmtpReply {
  const klass = Math.floor(code / 100);
  const [status, text] = DEFAULTS[code] ?? [klass === 3 ? undefined : `${klass}.0.0`, "the lab says so"];
  return reply(code, status, text);
}
