/**
 * SCRAM-SHA-256 and, where TLS gives something to bind to, SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677, RFC 9266): both
 * sides prove that they know the password, and neither says it. With PLUS nobody can stand between them, whatever
 * certificate the client took; a client that was made to believe that there is no PLUS is refused.
 *
 *     client-first = gs2-cbind-flag "," [ "a=" authzid ] "," "n=" username "," "r=" c-nonce
 *     server-first = "r=" c-nonce s-nonce "," "s=" salt "," "i=" iterations
 *     client-final = "c=" base64(gs2-header) "," "r=" nonce "," "p=" base64(ClientProof)
 *     server-final = "v=" base64(ServerSignature)
 */
import { createHash, createHmac, pbkdf2, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { EMPTY_BYTES } from "../../base/bytes.ts";
import {
  MALFORMED,
  type SaslClientMechanism,
  type SaslClientStep,
  type SaslServerMechanism,
  type SaslServerStep,
  type ScramMaterial,
  wrong,
} from "./mechanism.ts";

export const SCRAM_SHA_256 = "SCRAM-SHA-256";

/** Limit: RFC 7677 §4 asks for 4096 at least; a server that asks for more than this wants to keep us busy. */
const ITERATIONS_MIN = 4_096;
const ITERATIONS_MAX = 1_000_000;
const KEY_BYTES = 32;

/** With `binding` (tls-exporter's octets) PLUS is offered beside it, which this one has to know. */
export function scramServer(binding: Uint8Array | undefined): SaslServerMechanism {
  // "n": the client can not bind. "y": it could, and thinks that we can not (RFC 5802 §6).
  const header = binding === undefined ? /^[ny]/ : /^n/;
  return mechanismOf(SCRAM_SHA_256, header, undefined);
}

export function scramPlusServer(binding: Uint8Array): SaslServerMechanism {
  return mechanismOf(`${SCRAM_SHA_256}-PLUS`, /^p=tls-exporter,/, binding);
}

function mechanismOf(name: string, header: RegExp, binding: Uint8Array | undefined): SaslServerMechanism {
  const respond = (message: string): SaslServerStep =>
    header.test(message) ? readClientFirst(message, binding) : MALFORMED;
  return { name, plaintext: false, start: { kind: "challenge", text: "", respond } };
}

function readClientFirst(message: string, binding: Uint8Array | undefined): SaslServerStep {
  const parts = /^((?:[ny]|p=[A-Za-z0-9.-]+),(?:a=([^,]*))?,)(n=([^,]+),r=([!-+\--~]+)(?:,.*)?)$/s.exec(
    message,
  );
  const username = unescapeName(parts?.[4] ?? "");
  if (parts === null || username === undefined) return MALFORMED;
  if (parts[2] !== undefined && parts[2] !== "" && unescapeName(parts[2]) !== username)
    return wrong(username);
  const [, gs2 = "", , bare = "", , nonce = ""] = parts;
  return {
    kind: "scram",
    username,
    resume: (material) => serverFirst({ username, gs2, binding, bare, nonce, material }),
  };
}

type ServerFacts = {
  readonly username: string;
  readonly gs2: string;
  readonly binding: Uint8Array | undefined;
  readonly bare: string;
  readonly nonce: string;
  readonly material: ScramMaterial;
};

function serverFirst(facts: ServerFacts): SaslServerStep {
  const { salt, iterations, nonce } = facts.material;
  const text = `r=${facts.nonce}${nonce},s=${Buffer.from(salt).toString("base64")},i=${iterations}`;
  return { kind: "challenge", text, respond: (message) => readClientFinal(facts, text, message) };
}

function readClientFinal(facts: ServerFacts, first: string, message: string): SaslServerStep {
  const parts = /^(c=([^,]*),r=([^,]*)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/s.exec(message);
  if (parts === null) return MALFORMED;
  const [, withoutProof = "", binding = "", nonce = "", proofText = ""] = parts;
  const bound = Buffer.concat([Buffer.from(facts.gs2), facts.binding ?? EMPTY_BYTES]).toString("base64");
  if (binding !== bound || nonce !== facts.nonce + facts.material.nonce) return wrong(facts.username);
  const proof = Buffer.from(proofText, "base64");
  const authMessage = `${facts.bare},${first},${withoutProof}`;
  const signature = hmac(facts.material.storedKey, authMessage);
  if (proof.length !== signature.length) return wrong(facts.username);
  const storedKey = sha256(xor(proof, signature));
  if (!timingSafeEqual(storedKey, facts.material.storedKey)) return wrong(facts.username);
  const verifier = hmac(facts.material.serverKey, authMessage).toString("base64");
  const success: SaslServerStep = { kind: "success", username: facts.username };
  return {
    kind: "challenge",
    text: `v=${verifier}`,
    respond: (empty) => (empty === "" ? success : MALFORMED),
  };
}

/** `nonce`: printable, without a comma, never used twice. */
export function scramClient(username: string, password: string, nonce: string): SaslClientMechanism {
  const bare = `n=${escapeName(username)},r=${nonce}`;
  const first = `n,,${bare}`;
  return {
    name: SCRAM_SHA_256,
    plaintext: false,
    initial: first,
    // A server that does not take the initial response asks for it with an empty challenge.
    respond: (challenge) =>
      challenge === ""
        ? {
            kind: "send",
            text: first,
            next: (serverFirst) => clientFinal(bare, nonce, password, serverFirst),
          }
        : clientFinal(bare, nonce, password, challenge),
  };
}

function clientFinal(
  bare: string,
  clientNonce: string,
  password: string,
  serverFirst: string,
): SaslClientStep {
  const parts = /^r=([!-+\--~]+),s=([A-Za-z0-9+/=]+),i=(\d{1,9})(?:,.*)?$/s.exec(serverFirst);
  const iterations = Number(parts?.[3]);
  if (parts === null) return { kind: "failure", why: "the server's first SCRAM message is not well formed" };
  const [, nonce = "", salt = ""] = parts;
  if (!nonce.startsWith(clientNonce) || nonce === clientNonce)
    return { kind: "failure", why: "the server changed the nonce" };
  if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
    return { kind: "failure", why: `the server asks for ${iterations} iterations` };
  }
  const keys = scramKeys(password, Buffer.from(salt, "base64"), iterations);
  const withoutProof = `c=biws,r=${nonce}`;
  const authMessage = `${bare},${serverFirst},${withoutProof}`;
  const proof = xor(keys.clientKey, hmac(keys.storedKey, authMessage)).toString("base64");
  const verifier = `v=${hmac(keys.serverKey, authMessage).toString("base64")}`;
  return {
    kind: "send",
    text: `${withoutProof},p=${proof}`,
    next: (serverFinal) =>
      serverFinal === verifier
        ? { kind: "send", text: "", next: () => ({ kind: "failure", why: "the server asks on after SCRAM" }) }
        : { kind: "failure", why: "the server does not know the password either" },
  };
}

export type ScramKeys = {
  readonly clientKey: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
};

/** RFC 5802 §3. Slow on purpose: keep the keys, not the password. */
export function scramKeys(password: string, salt: Uint8Array, iterations: number): ScramKeys {
  return keysOf(pbkdf2Sync(password.normalize("NFKC"), salt, iterations, KEY_BYTES, "sha256"));
}

/** The same on another thread, for a work factor that would hold everybody else up. */
export async function scramKeysSlowly(
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<ScramKeys> {
  const derive = promisify(pbkdf2);
  return keysOf(await derive(password.normalize("NFKC"), salt, iterations, KEY_BYTES, "sha256"));
}

function keysOf(salted: Uint8Array): ScramKeys {
  const clientKey = hmac(salted, "Client Key");
  return { clientKey, storedKey: sha256(clientKey), serverKey: hmac(salted, "Server Key") };
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

/** saslname: "=2C" is a comma, "=3D" an equals sign, no other "=" may stand. */
function unescapeName(name: string): string | undefined {
  if (/=(?!2C|3D)/.test(name) || name === "") return undefined;
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

function escapeName(name: string): string {
  return name.normalize("NFKC").replaceAll("=", "=3D").replaceAll(",", "=2C");
}
