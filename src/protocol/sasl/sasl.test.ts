import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { SaslServerStep } from "./mechanism.ts";
import { fromBase64, toBase64 } from "./mechanism.ts";
import { chooseMechanism, offeredMechanisms } from "./mechanisms.ts";
import { LOGIN_SERVER } from "./login.ts";
import { PLAIN_SERVER } from "./plain.ts";
import { scramClient, scramKeys, scramPlusServer, scramServer } from "./scram.ts";

const SCRAM_SERVER = scramServer(undefined);

function respond(step: SaslServerStep, text: string): SaslServerStep {
  assert.equal(step.kind, "challenge");
  return step.kind === "challenge" ? step.respond(text) : step;
}

// RFC 7677 §3.
const NONCE = "rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const SERVER_FIRST = `r=${NONCE}${SERVER_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const CLIENT_FINAL = `c=biws,r=${NONCE}${SERVER_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;
const SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

test("the client speaks the exchange of RFC 7677", () => {
  const client = scramClient("user", "pencil", NONCE);
  assert.equal(client.initial, `n,,n=user,r=${NONCE}`);
  const final = client.respond(SERVER_FIRST);
  assert.equal(final.kind === "send" && final.text, CLIENT_FINAL);
  const done = final.kind === "send" ? final.next(SERVER_FINAL) : final;
  assert.equal(done.kind === "send" && done.text, "");
  const liar = final.kind === "send" ? final.next("v=AAAA") : final;
  assert.equal(liar.kind, "failure");
});

test("the server speaks the exchange of RFC 7677", () => {
  const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
  const { storedKey, serverKey } = scramKeys("pencil", salt, 4096);
  const ask = respond(SCRAM_SERVER.start, `n,,n=user,r=${NONCE}`);
  assert.equal(ask.kind === "scram" && ask.username, "user");
  if (ask.kind !== "scram") return;
  const first = ask.resume({ salt, iterations: 4096, storedKey, serverKey, nonce: SERVER_NONCE });
  assert.equal(first.kind === "challenge" && first.text, SERVER_FIRST);
  const final = respond(first, CLIENT_FINAL);
  assert.equal(final.kind === "challenge" && final.text, SERVER_FINAL);
  assert.deepEqual(respond(final, ""), { kind: "success", username: "user" });
  for (const wrong of [
    CLIENT_FINAL.replace("dHzb", "AAAA"),
    CLIENT_FINAL.replace("biws", "eSws"),
    CLIENT_FINAL.replace(NONCE, "x"),
  ]) {
    assert.deepEqual(respond(first, wrong), { kind: "failure", malformed: false, username: "user" }, wrong);
  }
});

test("a server that changes the nonce or asks for too little or too much work is not answered", () => {
  const client = scramClient("user", "pencil", NONCE);
  for (const first of [
    SERVER_FIRST.replace(NONCE, "x"),
    SERVER_FIRST.replace("4096", "1"),
    SERVER_FIRST.replace("4096", "99999999"),
    "",
    "r=",
  ]) {
    if (first !== "") assert.equal(client.respond(first).kind, "failure", first);
  }
});

test("user names with comma and equals sign go through", () => {
  const ask = respond(SCRAM_SERVER.start, scramClient("a,b=c", "x", "n").initial ?? "");
  assert.equal(ask.kind === "scram" && ask.username, "a,b=c");
  assert.equal(respond(SCRAM_SERVER.start, "n,,n=a=b,r=x").kind, "failure");
  assert.equal(respond(SCRAM_SERVER.start, "p=tls-unique,,n=a,r=x").kind, "failure");
});

const PLAIN_CASES: readonly (readonly [string, SaslServerStep])[] = [
  ["\0tim\0tanstaaf", { kind: "password", username: "tim", password: "tanstaaf" }],
  ["tim\0tim\0x", { kind: "password", username: "tim", password: "x" }],
  ["kurt\0tim\0x", { kind: "failure", malformed: false, username: "tim" }],
  ["tim\0x", { kind: "failure", malformed: true }],
  ["\0\0x", { kind: "failure", malformed: true }],
  ["\0tim\0", { kind: "failure", malformed: true }],
  ["", { kind: "failure", malformed: true }],
];

test("plain takes one name, one password and no acting for others", () => {
  for (const [response, step] of PLAIN_CASES) assert.deepEqual(respond(PLAIN_SERVER.start, response), step);
});

test("login asks for the name, then for the password", () => {
  const second = respond(LOGIN_SERVER.start, "ann");
  assert.equal(second.kind === "challenge" && second.text, "Password:");
  assert.deepEqual(respond(second, "pw"), { kind: "password", username: "ann", password: "pw" });
  assert.equal(respond(LOGIN_SERVER.start, "").kind, "failure");
});

test("the best mechanism is chosen, and a password is never said where others listen", () => {
  const secrets = { username: "a", password: "b", nonce: "n" };
  assert.equal(chooseMechanism(["PLAIN", "SCRAM-SHA-256"], secrets, true)?.name, "SCRAM-SHA-256");
  assert.equal(chooseMechanism(["LOGIN", "PLAIN"], secrets, true)?.name, "PLAIN");
  assert.equal(chooseMechanism(["LOGIN", "PLAIN"], secrets, false), undefined);
  assert.deepEqual(
    offeredMechanisms(false).map((mechanism) => mechanism.name),
    ["SCRAM-SHA-256"],
  );
});

test("base64 is read strictly", () => {
  assert.equal(fromBase64(toBase64("é")), "é");
  for (const text of ["=", "A", "AA", "AAA", "A A=", "*", "/w=="])
    assert.equal(fromBase64(text), undefined, text);
});

test("scram with plus binds to the connection, and nobody is talked out of it", () => {
  const binding = Buffer.alloc(32, 7);
  const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
  const keys = scramKeys("pencil", salt, 4096);
  /** What a client says that binds to `bound`, under a GS2 header. */
  const final = (gs2: string, bound: Buffer): SaslServerStep => {
    const bare = `n=user,r=${NONCE}`;
    const ask = respond(scramPlusServer(binding).start, gs2 + bare);
    if (ask.kind !== "scram") return ask;
    const first = ask.resume({ salt, iterations: 4096, ...keys, nonce: SERVER_NONCE });
    if (first.kind !== "challenge") return first;
    const channel = Buffer.concat([Buffer.from(gs2), bound]).toString("base64");
    const withoutProof = `c=${channel},r=${NONCE}${SERVER_NONCE}`;
    const hmac = (key: Uint8Array, text: string): Buffer => createHmac("sha256", key).update(text).digest();
    const signature = hmac(keys.storedKey, `${bare},${first.text},${withoutProof}`);
    const proof = Buffer.from(keys.clientKey).map((byte, index) => byte ^ (signature[index] ?? 0));
    return respond(first, `${withoutProof},p=${Buffer.from(proof).toString("base64")}`);
  };
  const gs2 = "p=tls-exporter,,";
  assert.equal(final(gs2, binding).kind, "challenge");
  assert.deepEqual(
    final(gs2, Buffer.alloc(32, 8)),
    { kind: "failure", malformed: false, username: "user" },
    "another connection",
  );
  assert.equal(final("p=tls-unique,,", binding).kind, "failure");
  assert.equal(final("n,,", Buffer.alloc(0)).kind, "failure", "PLUS without binding is none");
  const plain = scramServer(binding).start;
  assert.equal(
    respond(plain, `y,,n=user,r=${NONCE}`).kind,
    "failure",
    "somebody hid PLUS from it (RFC 5802 §6)",
  );
  assert.equal(respond(plain, `n,,n=user,r=${NONCE}`).kind, "scram", "it cannot bind");
});
