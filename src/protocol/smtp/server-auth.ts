/** AUTH inside the server session (RFC 4954): carries SASL steps as 334 lines of base64, and turns their end into a reply. */
import { fromBase64, type SaslServerStep, toBase64 } from "../sasl/mechanism.ts";
import { authMechanisms, needsEncryption } from "./extensions.ts";
import { reply } from "./reply.ts";
import { answer, ask, misbehave } from "./server-moves.ts";
import type { ServerSession, ServerStep } from "./server-types.ts";

export function startAuth(session: ServerSession, name: string, initial: string | undefined): ServerStep {
  if (session.account !== undefined)
    return misbehave(session, reply(503, "5.5.1", "you are authenticated already"));
  if (!session.rules.auth) return misbehave(session, reply(502, "5.5.1", "AUTH is not offered here"));
  if (needsEncryption(session, name)) {
    return misbehave(session, reply(538, "5.7.11", `${name} needs TLS: say STARTTLS first`));
  }
  const mechanism = authMechanisms(session).find((offered) => offered.name === name);
  if (mechanism === undefined)
    return misbehave(session, reply(504, "5.5.4", "this mechanism is not offered here"));
  const named = { ...session, mechanism: name };
  const { start } = mechanism;
  if (initial === undefined || start.kind !== "challenge") return follow(named, start);
  const response = initial === "=" ? "" : fromBase64(initial); // RFC 4954 §4: "=" is an empty response
  return response === undefined ? notBase64(session) : follow(named, start.respond(response));
}

export function continueAuth(
  session: ServerSession,
  line: string,
  respond: (response: string) => SaslServerStep,
): ServerStep {
  if (line === "*") return answer(ended(session), reply(501, "5.7.0", "authentication cancelled"));
  const response = fromBase64(line);
  return response === undefined ? notBase64(session) : follow(session, respond(response));
}

/** Does what a SASL step asks for. */
export function follow(session: ServerSession, step: SaslServerStep): ServerStep {
  switch (step.kind) {
    case "challenge":
      return [
        { ...session, waiting: { for: "sasl", respond: step.respond } },
        [{ kind: "reply", reply: reply(334, undefined, toBase64(step.text)) }],
      ];
    case "password":
      return ask(session, { on: "password", username: step.username, password: step.password });
    case "scram":
      return [
        { ...session, waiting: { for: "scram", resume: step.resume } },
        [{ kind: "ask", question: { on: "scram", username: step.username } }],
      ];
    case "success":
      return ask(session, { on: "proof", username: step.username, right: true });
    case "failure":
      return step.malformed
        ? misbehave(ended(session), reply(501, "5.5.2", "this response is not well formed"))
        : ask(session, { on: "proof", username: step.username, right: false });
  }
}

export function authenticated(session: ServerSession, account: string | undefined): ServerStep {
  if (account === undefined) {
    return misbehave(ended(session), reply(535, "5.7.8", "user name or password is wrong"));
  }
  const done: ServerSession = { ...session, account, waiting: { for: "command" } };
  return answer(done, reply(235, "2.7.0", "authenticated"));
}

function notBase64(session: ServerSession): ServerStep {
  return misbehave(ended(session), reply(501, "5.5.2", "this is not base64"));
}

function ended(session: ServerSession): ServerSession {
  return { ...session, mechanism: undefined, waiting: { for: "command" } };
}
