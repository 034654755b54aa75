/**
 * A SASL exchange as a door carries it (RFC 4422): the mechanism's steps are protocol/sasl's, the lines are the door's,
 * the questions go to the authenticator.
 */
import type { Random } from "../../base/random.ts";
import {
  fromBase64,
  type SaslServerMechanism,
  type SaslServerStep,
  toBase64,
} from "../../protocol/sasl/mechanism.ts";
import type { Authenticator, LoginClient } from "../../mta/reception/reception.ts";

export type SaslResult =
  | { readonly kind: "account"; readonly name: string }
  | { readonly kind: "cancelled" | "malformed" | "wrong" };

export type SaslParts = {
  readonly mechanism: SaslServerMechanism;
  /** The response that came with the command, in base64; `=` for an empty one. */
  readonly initial: string | undefined;
  /** Says the challenge (base64) and waits for the next line; undefined when the client is gone. */
  readonly ask: (challenge: string) => Promise<string | undefined>;
  readonly authenticator: Authenticator;
  readonly client: LoginClient;
  readonly random: Random;
};

const NONCE_BYTES = 18;

export async function runSasl(parts: SaslParts): Promise<SaslResult> {
  const { authenticator, client } = parts;
  let step: SaslServerStep = parts.mechanism.start;
  let given = parts.initial;
  for (;;) {
    switch (step.kind) {
      case "challenge": {
        const response = given ?? (await parts.ask(toBase64(step.text)));
        if (response === undefined || response === "*") return { kind: "cancelled" };
        const text = given === "=" ? "" : fromBase64(response);
        given = undefined;
        if (text === undefined) return { kind: "malformed" };
        step = step.respond(text);
        break;
      }
      case "scram": {
        const nonce = Buffer.from(parts.random.bytes(NONCE_BYTES)).toString("base64");
        step = step.resume({ ...(await authenticator.scram(step.username)), nonce });
        break;
      }
      case "password":
        return result(await authenticator.verifyPassword(client, step.username, step.password));
      case "success":
        return result(await authenticator.proved(client, step.username, true));
      case "failure":
        if (step.malformed) return { kind: "malformed" };
        return result(await authenticator.proved(client, step.username, false));
    }
  }
}

function result(name: string | undefined): SaslResult {
  return name === undefined ? { kind: "wrong" } : { kind: "account", name };
}
