/** The lab's hand in an SMTP server's conversations: what the server's `intercept` asks at every point. */
import type { Intercept, InterceptPoint, SmtpFault } from "../../protocol/smtp/interception.ts";
import { reply, replyText, type SmtpReply } from "../../protocol/smtp/reply.ts";
import { type FaultAction, isPlainRateLimit } from "./fault.ts";
import type { FaultBox } from "./fault-box.ts";
import { magicReply } from "./magic.ts";

/** With `magic`, addresses that name a failure get it; a fault that was placed goes first. */
export function smtpIntercept(box: FaultBox, host: string, magic = false): Intercept {
  return (point, facts) => {
    if (!box.isEmpty) {
      const action = box.strike(host, { kind: "smtp", host, point }, facts);
      if (action !== undefined) return toSmtpFault(action, point);
    }
    if (!magic) return undefined;
    const answer = magicReply(point, facts);
    if (answer === undefined) return undefined;
    box.note(host, "magic", `${host}.smtp.${point}`, `reply ${replyText(answer)}`);
    return { reply: answer };
  };
}

function toSmtpFault(action: FaultAction, point: InterceptPoint): SmtpFault {
  const { cut, delayMs, hide, throttleBytesPerSecond, sliceBytes } = action;
  return {
    reply: action.reply ?? (isPlainRateLimit(action) ? tooFast(point) : undefined),
    delayMs,
    action: cut === "down" ? "reset" : cut,
    hideExtensions: hide,
    throttleBytesPerSecond,
    sliceBytes,
  };
}

function tooFast(point: InterceptPoint): SmtpReply {
  // A greeting and the answer to EHLO have no status (RFC 2034 §4).
  const status = point === "CONNECT" || point === "EHLO" ? undefined : "4.7.0";
  return reply(421, status, "too many, try again later");
}
