/** LOGIN and AUTHENTICATE (RFC 9051 §6.2.2, §6.2.3, RFC 4959): the mechanisms are protocol/sasl's; this carries them. */
import { createHash, createHmac } from "node:crypto";
import {
  fromBase64,
  type SaslServerStep,
  type ScramMaterial,
  toBase64,
} from "../../../protocol/sasl/mechanism.ts";
import { offeredMechanisms } from "../../../protocol/sasl/mechanisms.ts";
import { mayUsePlaintext } from "../capabilities.ts";
import { bad, type Completion, no } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { loggedIn, loginFailed } from "../login.ts";
import type { ImapSession } from "../session.ts";

/** Limit: RFC 7677 §4; what an unknown account is said to have. */
const MADE_UP_ITERATIONS = 4_096;
const NONCE_BYTES = 18;

const PRIVACY = no("passwords only over TLS", "PRIVACYREQUIRED");
const CANCELLED = bad("the authentication was cancelled");
const MALFORMED = bad("that is not what this mechanism says");

export const login: Handler<"login"> = async (session, { user, password }) => {
  if (!mayUsePlaintext(session)) return PRIVACY;
  const account = await verify(session, user, password);
  return account === undefined ? loginFailed(session) : loggedIn(session, account, "LOGIN");
};

export const authenticate: Handler<"authenticate"> = async (session, { mechanism: name, initial }) => {
  const plaintext = mayUsePlaintext(session);
  const mechanism = offeredMechanisms(plaintext).find((one) => one.name === name);
  if (mechanism === undefined) {
    const isKnown = offeredMechanisms(true).some((one) => one.name === name);
    return isKnown ? PRIVACY : no(`${name} is not offered here`, "CANNOT");
  }
  let step: SaslServerStep = mechanism.start;
  let given = initial;
  for (;;) {
    switch (step.kind) {
      case "challenge": {
        const response = given ?? (await session.driver.line(toBase64(step.text)));
        if (response === undefined || response === "*") return CANCELLED;
        const text = given === "=" ? "" : fromBase64(response);
        given = undefined;
        if (text === undefined) return MALFORMED;
        step = step.respond(text);
        break;
      }
      case "scram":
        step = step.resume(await material(session, step.username));
        break;
      case "password":
        return concluded(session, await verify(session, step.username, step.password));
      case "success":
        return concluded(session, session.context.store.account(step.username)?.name);
      case "failure":
        return step.malformed ? MALFORMED : loginFailed(session);
    }
  }
};

function concluded(session: ImapSession, account: string | undefined): Completion {
  return account === undefined ? loginFailed(session) : loggedIn(session, account, "AUTHENTICATE");
}

function verify(session: ImapSession, user: string, password: string): Promise<string | undefined> {
  const { connection, context } = session;
  const client = {
    connection: session.id,
    service: "submission" as const,
    remote: connection.remote,
    local: connection.local,
    helo: undefined,
    extended: false,
    tls: connection.tls,
    account: undefined,
    mechanism: undefined,
    cause: session.cause,
  };
  return context.authenticator.verifyPassword(client, user, password);
}

async function material({ context }: ImapSession, username: string): Promise<ScramMaterial> {
  const known = await context.authenticator.scram(username);
  const nonce = Buffer.from(context.world.random.bytes(NONCE_BYTES)).toString("base64");
  return { ...(known ?? madeUp(username)), nonce };
}

/** Looks like an account, always the same for one name, and no password fits it: so nobody learns who has one. */
function madeUp(username: string): Omit<ScramMaterial, "nonce"> {
  const salt = createHmac("sha256", "nobody").update(username).digest().subarray(0, 16);
  const key = createHash("sha256").update(salt).digest();
  return { salt, iterations: MADE_UP_ITERATIONS, storedKey: key, serverKey: key };
}
