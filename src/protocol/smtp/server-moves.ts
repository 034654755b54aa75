/** The few moves every part of the server session makes: say, ask, complain, forget the message, hang up. */
import { reply, type SmtpReply } from "./reply.ts";
import type { Question, ServerAction, ServerSession, ServerStep, Waiting } from "./server-types.ts";

const COMMAND: Waiting = { for: "command" };

/** Says it, and waits for the next command. */
export function answer(session: ServerSession, said: SmtpReply): ServerStep {
  const next = session.waiting.for === "command" ? session : { ...session, waiting: COMMAND };
  return [next, [{ kind: "reply", reply: said }]];
}

export function ask(session: ServerSession, question: Question): ServerStep {
  return [{ ...session, waiting: { for: "decision", question } }, [{ kind: "ask", question }]];
}

/** The client broke a rule: counted, told to whoever bans, and refused. */
export function misbehave(session: ServerSession, refusal: SmtpReply): ServerStep {
  const badCommands = session.badCommands + 1;
  if (badCommands >= session.rules.badCommandsMax) {
    return hangUp(
      session,
      reply(421, "4.7.0", `${session.rules.hostname} has heard too many errors, closing`),
    );
  }
  const what = `${refusal.code} ${refusal.lines[0] ?? ""}`;
  return ask({ ...session, badCommands }, { on: "misbehaved", what, reply: refusal });
}

export function hangUp(session: ServerSession, said: SmtpReply, asked = false): ServerStep {
  const close: ServerAction = asked ? { kind: "close", asked } : { kind: "close" };
  return [{ ...session, waiting: { for: "nothing" } }, [{ kind: "reply", reply: said }, close]];
}

/** Back to between messages. `actions` gains what the driver must drop. */
export function forgetMessage(session: ServerSession): readonly [ServerSession, readonly ServerAction[]] {
  if (session.envelope === undefined) return [session, []];
  const cleared: ServerSession = {
    ...session,
    phase: "ready",
    envelope: undefined,
    groups: [],
    chunkBytes: 0,
  };
  return [cleared, session.phase === "chunks" ? [{ kind: "abandon" }] : []];
}
