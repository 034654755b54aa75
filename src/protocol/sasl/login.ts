/** LOGIN: never a standard, and what many devices speak: user name and password, each after a prompt. */
import {
  MALFORMED,
  type SaslClientMechanism,
  type SaslServerMechanism,
  type SaslServerStep,
} from "./mechanism.ts";

export const LOGIN_SERVER: SaslServerMechanism = {
  name: "LOGIN",
  plaintext: true,
  start: { kind: "challenge", text: "Username:", respond: askPassword },
};

function askPassword(username: string): SaslServerStep {
  if (username === "") return MALFORMED;
  return {
    kind: "challenge",
    text: "Password:",
    respond: (password) => (password === "" ? MALFORMED : { kind: "password", username, password }),
  };
}

export function loginClient(username: string, password: string): SaslClientMechanism {
  const failure = { kind: "failure", why: "the server asks on after LOGIN" } as const;
  return {
    name: "LOGIN",
    plaintext: true,
    initial: undefined,
    respond: () => ({
      kind: "send",
      text: username,
      next: () => ({ kind: "send", text: password, next: () => failure }),
    }),
  };
}
