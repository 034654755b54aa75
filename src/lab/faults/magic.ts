/**
 * Addresses that name the failure they want, so that the first failure needs no configuration. Pure; only failures
 * (4yz, 5yz) can be had this way.
 *
 *     magic-recipient = local "+" code / "rcptto" code / "data" code          ; at RCPT, at RCPT, at the end of data
 *     magic-sender    = "mailfrom" code                                       ; at MAIL
 */
import type { InterceptFacts, InterceptPoint } from "../../protocol/smtp/interception.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import { defaultReply } from "./fault-reply-text.ts";

const CODE = "([45][0-5]\\d)";
const AT_MAIL = new RegExp(`^mailfrom${CODE}$`, "i");
const AT_RCPT = new RegExp(`^(?:.+\\+|rcptto)${CODE}$`, "i");
const AT_EOD = new RegExp(`^data${CODE}$`, "i");

export function magicReply(point: InterceptPoint, facts: InterceptFacts): SmtpReply | undefined {
  switch (point) {
    case "MAIL":
      return named(AT_MAIL, facts.reversePath);
    case "RCPT":
      return named(AT_RCPT, facts.recipient);
    case "EOD":
      return named(AT_EOD, facts.recipient);
    default:
      return undefined;
  }
}

function named(pattern: RegExp, address: string | undefined): SmtpReply | undefined {
  if (address === undefined) return undefined;
  const at = address.lastIndexOf("@");
  const code = pattern.exec(at < 0 ? address : address.slice(0, at))?.[1];
  if (code === undefined) return undefined;
  const { status, lines } = defaultReply(Number(code));
  return { code: Number(code), status, lines: [`${lines.join(" ")} (asked for by the address)`] };
}
