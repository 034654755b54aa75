/**
 * A SASL exchange as a door carries it (RFC 4422): the mechanism's steps are protocol/sasl's, the lines are the door's,
 * the questions go to the authenticator. An account that does not exist looks like one whose password was wrong.
 */
import { createHash, createHmac } from "node:crypto";
import type { Random } from "../../base/random.ts";
import {
  fromBase64,
  type SaslServerMechanism,
  type SaslServerStep,
  toBase64,
} from "../../protocol/sasl/mechanism.ts";
import type { Credentials } from "../../store/mail-store.ts";

export type SaslResult =
  | { readonly kind: "account"; readonly name: string }
  | { readonly kind: "cancelled" | "malformed" | "wrong" };

export type SaslParts = {
  readonly mechanism: SaslServerMechanism;
  /** The response that came with the command, in base64; `=` for an empty one. */
  readonly initial: string | undefined;
  /** Says the challenge (base64) and waits for the next line; undefined when the client is gone. */
  readonly ask: (challenge: string) => Promise<string | undefined>;
  readonly verify: (username: string, password: string) => Promise<string | undefined>;
  readonly scram: (username: string) => Promise<Credentials | undefined>;
  /** The account's own spelling of its name. */
  readonly accountName: (username: string) => string | undefined;
  readonly random: Random;
};

/** Limit: RFC 7677 §4; what an unknown account is said to have. */
const MADE_UP_ITERATIONS = 4_096;
const NONCE_BYTES = 18;

export async function runSasl(parts: SaslParts): Promise<SaslResult> {
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
        step = step.resume({ ...((await parts.scram(step.username)) ?? madeUp(step.username)), nonce });
        break;
      }
      case "password":
        return result(await parts.verify(step.username, step.password));
      case "success":
        return result(parts.accountName(step.username));
      case "failure":
        return { kind: step.malformed ? "malformed" : "wrong" };
    }
  }
}

function result(name: string | undefined): SaslResult {
  return name === undefined ? { kind: "wrong" } : { kind: "account", name };
}

/** Looks like an account, always the same for one name, and no password fits it: so nobody learns who has one. */
function madeUp(username: string): Credentials {
  const salt = createHmac("sha256", "nobody").update(username).digest().subarray(0, 16);
  const key = createHash("sha256").update(salt).digest();
  return { salt, iterations: MADE_UP_ITERATIONS, storedKey: key, serverKey: key };
}
