/** Puts the session's questions to the transfer agent, and turns its answers into inputs. Throws what the agent throws. */
import type { Random } from "../../base/random.ts";
import type {
  Answer,
  Client,
  Decision,
  LoginClient,
  RcptDecision,
  Reception,
} from "../../mta/reception/reception.ts";
import type { Question, ServerInput } from "../../protocol/smtp/server-types.ts";

export type Asked = { readonly input: ServerInput; readonly delayMs: number };

const NONCE_BYTES = 18;

export function askReception(
  reception: Reception,
  client: Client,
  question: Question,
  random: Random,
): Answer<Asked> {
  switch (question.on) {
    case "connect":
      return decided(reception.connected(client));
    case "helo":
      return eventually(reception.helo(client, question.name));
    case "mail":
      return eventually(reception.mail(client, question.request));
    case "rcpt":
      return eventually(reception.rcpt(client, question.envelope, question.request));
    case "message":
      return reception.message(client, question.envelope, question.content.pieces).then(decided);
    case "verify":
      return decided(reception.verify(client, question.text));
    case "misbehaved":
      return decided(reception.misbehaved(client, question.what));
    case "password":
      return reception.authenticator
        .verifyPassword(loginOf(client), question.username, question.password)
        .then(identified);
    case "proof":
      return reception.authenticator
        .proved(loginOf(client), question.username, question.right)
        .then(identified);
    case "scram":
      return askScram(reception, question.username, random);
  }
}

function loginOf({ connection, remote, cause }: Client): LoginClient {
  return { connection, remote, cause, door: "smtp" };
}

function identified(account: string | undefined): Asked {
  return { input: { kind: "password", account }, delayMs: 0 };
}

function eventually(answer: Answer<Decision | RcptDecision>): Answer<Asked> {
  return answer instanceof Promise ? answer.then(decided) : decided(answer);
}

function decided(answer: Decision | RcptDecision | readonly Decision[]): Asked {
  const verdicts = isList(answer) ? answer : [answer];
  let delayMs = 0;
  for (const one of verdicts) delayMs = Math.max(delayMs, ("delayMs" in one ? one.delayMs : undefined) ?? 0);
  return { input: { kind: "decided", verdicts }, delayMs };
}

function isList(answer: Decision | RcptDecision | readonly Decision[]): answer is readonly Decision[] {
  return Array.isArray(answer);
}

async function askScram(reception: Reception, username: string, random: Random): Promise<Asked> {
  const known = await reception.authenticator.scram(username);
  const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString("base64");
  return { input: { kind: "scram", material: { ...known, nonce } }, delayMs: 0 };
}
