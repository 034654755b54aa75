/** LOGIN and AUTHENTICATE (RFC 9051 §6.2.2, §6.2.3, RFC 4959): the mechanisms are protocol/sasl's; this carries them. */
import { offeredMechanisms } from "../../../protocol/sasl/mechanisms.ts";
import { runSasl } from "../../accounts/sasl-exchange.ts";
import { mayUsePlaintext } from "../capabilities.ts";
import { bad, no } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { loggedIn, loginFailed } from "../login.ts";
import type { ImapSession } from "../session.ts";
import type { LoginClient } from "../../../mta/reception/reception.ts";

const PRIVACY = no("passwords only over TLS", "PRIVACYREQUIRED");
const CANCELLED = bad("the authentication was cancelled");
const MALFORMED = bad("that is not what this mechanism says");

export const login: Handler<"login"> = async (session, { user, password }) => {
  if (!mayUsePlaintext(session)) return PRIVACY;
  const account = await session.context.authenticator.verifyPassword(loginOf(session), user, password);
  return account === undefined ? loginFailed(session) : loggedIn(session, account, "LOGIN");
};

export const authenticate: Handler<"authenticate"> = async (session, { mechanism: name, initial }) => {
  const plaintext = mayUsePlaintext(session);
  const mechanism = offeredMechanisms(plaintext, session.connection.tls?.exporter).find(
    (one) => one.name === name,
  );
  if (mechanism === undefined) {
    const isKnown = offeredMechanisms(true).some((one) => one.name === name);
    return isKnown ? PRIVACY : no(`${name} is not offered here`, "CANNOT");
  }
  const { authenticator, world } = session.context;
  const result = await runSasl({
    mechanism,
    initial,
    ask: (challenge) => session.driver.line(challenge),
    authenticator,
    client: loginOf(session),
    random: world.random,
  });
  switch (result.kind) {
    case "account":
      return loggedIn(session, result.name, "AUTHENTICATE");
    case "cancelled":
      return CANCELLED;
    case "malformed":
      return MALFORMED;
    case "wrong":
      return loginFailed(session);
  }
};

function loginOf({ id, connection, cause }: ImapSession): LoginClient {
  return { connection: id, remote: connection.remote, cause, door: "imap" };
}
