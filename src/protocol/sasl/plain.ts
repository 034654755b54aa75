/**
 * PLAIN (RFC 4616): the password as it is, in one response.
 *
 *     message = [authzid] NUL authcid NUL passwd
 */
import {
  MALFORMED,
  type SaslClientMechanism,
  type SaslServerMechanism,
  type SaslServerStep,
  wrong,
} from "./mechanism.ts";

export const PLAIN_SERVER: SaslServerMechanism = {
  name: "PLAIN",
  plaintext: true,
  start: { kind: "challenge", text: "", respond: readPlain },
};

function readPlain(response: string): SaslServerStep {
  const parts = response.split("\0");
  const [authzid, username, password] = parts;
  if (parts.length !== 3 || !username || password === undefined || password === "") return MALFORMED;
  // Acting for somebody else is a right that nobody has here.
  if (authzid !== "" && authzid !== username) return wrong(username);
  return { kind: "password", username, password };
}

export function plainClient(username: string, password: string): SaslClientMechanism {
  const message = `\0${username}\0${password}`;
  const failure = { kind: "failure", why: "the server asks on after PLAIN" } as const;
  return {
    name: "PLAIN",
    plaintext: true,
    initial: message,
    respond: () => ({ kind: "send", text: message, next: () => failure }),
  };
}
