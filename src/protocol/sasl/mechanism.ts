/**
 * What an authentication mechanism is, on either side: a chain of steps, each a value that says what to do next. No
 * waiting and no secrets store in here: questions go out as steps, their answers come back in. Text is not base64;
 * the protocol that carries it sees to that (RFC 4422).
 */

/** What SCRAM keeps of a password (RFC 5802 §3), and the server's part of the nonce. */
export type ScramMaterial = {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
  readonly nonce: string;
};

export type SaslServerStep =
  | {
      readonly kind: "challenge";
      readonly text: string;
      readonly respond: (response: string) => SaslServerStep;
    }
  /** Ask whether this password is right; the exchange ends with the answer. */
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** Ask for the account's SCRAM material; for an unknown account invent some, so that nobody learns which exist. */
  | {
      readonly kind: "scram";
      readonly username: string;
      readonly resume: (material: ScramMaterial) => SaslServerStep;
    }
  | { readonly kind: "success"; readonly username: string }
  /** The response could not be read (501). */
  | { readonly kind: "failure"; readonly malformed: true }
  /** It proves that the password is wrong (535). */
  | { readonly kind: "failure"; readonly malformed: false; readonly username: string };

export type SaslServerMechanism = {
  readonly name: string;
  /** The password crosses the wire: offer it only where nobody listens. */
  readonly plaintext: boolean;
  /** The first step: it wants a response, which some mechanisms send along with their name. */
  readonly start: SaslServerStep;
};

export type SaslClientStep =
  | { readonly kind: "send"; readonly text: string; readonly next: (challenge: string) => SaslClientStep }
  /** The server said something it can not know or mean. */
  | { readonly kind: "failure"; readonly why: string };

export type SaslClientMechanism = {
  readonly name: string;
  readonly plaintext: boolean;
  /** Undefined where the server speaks first. */
  readonly initial: string | undefined;
  readonly respond: (challenge: string) => SaslClientStep;
};

export const MALFORMED: SaslServerStep = { kind: "failure", malformed: true };

export function wrong(username: string): SaslServerStep {
  return { kind: "failure", malformed: false, username };
}

/** Limit: RFC 4954 §4: 12,288 octets of base64 are the most an AUTH line may have. */
export const AUTH_LINE_BYTES_MAX = 12_288;

/** Text of a base64 response, or undefined when it is not base64 or not UTF-8. */
export function fromBase64(text: string): string | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, "base64"));
  } catch {
    return undefined;
  }
}

export function toBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
