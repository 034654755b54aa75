/** What the server session says once a question is answered: the verdict's own reply, or the usual one. */
import { reply, type SmtpReply } from "./reply.ts";
import { fixedReply } from "./reply-codec.ts";
import { answer, forgetMessage, hangUp } from "./server-moves.ts";
import { helloReply } from "./extensions.ts";
import type { Question, ServerSession, ServerStep, SessionRecipient, Verdict } from "./server-types.ts";

const SENDER_OK = fixedReply(250, "2.1.0", "sender ok");
const RECIPIENT_OK = fixedReply(250, "2.1.5", "recipient ok");
const ACCEPTED = reply(250, "2.0.0", "message accepted");
const CAN_NOT_VERIFY = reply(252, "2.1.5", "send some mail, and see");

export function decide(session: ServerSession, question: Question, verdicts: readonly Verdict[]): ServerStep {
  const verdict = verdicts[0];
  if (verdict === undefined) return [session, []];
  if (question.on === "message") return messageDecided(session, verdicts);
  if (verdict.verdict === "refuse") {
    return verdict.close === true ? hangUp(session, verdict.reply) : answer(session, verdict.reply);
  }
  switch (question.on) {
    case "connect":
      return answer(session, verdict.reply ?? greeting(session));
    case "helo":
      return answer(
        session.phase === "start" ? { ...session, phase: "ready" } : session,
        verdict.reply ?? helloReply(session),
      );
    case "mail": {
      const { reversePath, body, smtputf8, ret, envid } = question.request;
      const envelope = { reversePath, recipients: [], body, smtputf8, ret, envid };
      const opened: ServerSession = { ...session, phase: "mail", envelope, messages: session.messages + 1 };
      return answer(opened, verdict.reply ?? SENDER_OK);
    }
    case "rcpt":
      return answer(withRecipients(session, verdict.recipients ?? []), verdict.reply ?? RECIPIENT_OK);
    case "verify":
      return answer(session, verdict.reply ?? CAN_NOT_VERIFY);
    case "misbehaved":
      return answer(session, question.reply);
    default:
      return [session, []];
  }
}

function greeting({ rules }: ServerSession): SmtpReply {
  return reply(220, undefined, `${rules.hostname} ${rules.service === "lmtp" ? "LMTP" : "ESMTP"} Posthorn`);
}

function withRecipients(
  session: ServerSession,
  added: readonly Omit<SessionRecipient, "index">[],
): ServerSession {
  const { envelope } = session;
  if (envelope === undefined) return session;
  const first = envelope.recipients.length;
  const recipients = [
    ...envelope.recipients,
    ...added.map((one, offset) => ({ ...one, index: first + offset })),
  ];
  return {
    ...session,
    phase: "rcpt",
    envelope: { ...envelope, recipients },
    groups: [...session.groups, added.length],
  };
}

/** One reply; over LMTP one for each RCPT that was accepted, in their order (RFC 2033 §4.2). */
function messageDecided(session: ServerSession, verdicts: readonly Verdict[]): ServerStep {
  const groups =
    session.rules.service === "lmtp" ? session.groups : [session.envelope?.recipients.length ?? 0];
  const said: Verdict[] = [];
  let at = 0;
  for (const size of groups) {
    const own = verdicts.length === 1 ? verdicts : verdicts.slice(at, at + size);
    at += size;
    // One address that became several is taken only when all of them are.
    said.push(own.find((one) => one.verdict === "refuse") ?? own[0] ?? { verdict: "accept" });
  }
  const [cleared] = forgetMessage({ ...session, phase: "rcpt" });
  const closing = said.some((one) => one.verdict === "refuse" && one.close === true);
  const replies = said.map((one) => ({ kind: "reply", reply: one.reply ?? ACCEPTED }) as const);
  if (closing) return [{ ...cleared, waiting: { for: "nothing" } }, [...replies, { kind: "close" }]];
  return [{ ...cleared, waiting: { for: "command" } }, replies];
}
