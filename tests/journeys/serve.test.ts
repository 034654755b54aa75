import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { createSecureRandom } from "../../src/engine/random/secure-random.ts";
import { freePort, posthorn, type Ran, serve, stopped } from "./program.ts";
import { selfSignedIdentity } from "../../src/engine/tls/authority.ts";

const ANN = "ann@example.org";
const PASSWORD = "correct horse";

/** The dozen lines of docs/serve.md, with free ports and a certificate of our own. */
async function dozenLines(folder: string): Promise<{ file: string; ports: number[]; certificate: string }> {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(readFileSync("docs/serve.md", "utf8"))?.[1] ?? "";
  assert.equal(yaml.trim().split("\n").length, 12, "a dozen lines, as promised");
  const names = ["mail.example.org"];
  const made = await selfSignedIdentity({ names, now: Date.now(), random: createSecureRandom() });
  writeFileSync(join(folder, "cert.pem"), made.certificatePem);
  writeFileSync(join(folder, "key.pem"), made.privateKeyPem);
  const ports: number[] = [];
  let text = yaml.replace(/certificate: .*/, "certificate: cert.pem").replace(/key: .*/, "key: key.pem");
  while (text.includes('"*"')) {
    ports.push(await freePort());
    text = text.replace('"*"', `"127.0.0.1:${ports.at(-1)}"`);
  }
  const file = join(folder, "posthorn.yaml");
  writeFileSync(file, text);
  return { file, ports, certificate: made.certificatePem };
}

/** Says the lines one after the other, each once the last one was answered; all that was heard. */
function over(
  port: number,
  certificate: string,
  lines: readonly string[],
  isAnswer: RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, ca: certificate, servername: "mail.example.org" };
    const socket: TLSSocket = connect(options);
    const left = [...lines];
    let heard = "";
    socket.on("error", reject).on("close", () => resolve(heard));
    socket.on("data", (bytes) => {
      heard += bytes.toString("latin1");
      if (!isAnswer.test(bytes.toString("latin1"))) return;
      const next = left.shift();
      if (next === undefined) socket.end();
      else socket.write(`${next}\r\n`);
    });
  });
}

const IMAP_ANSWER = /^(\* OK|[a-z]\d? (OK|NO|BAD))/m;
const POP3_ANSWER = /^(\+OK|-ERR)/m;

test("a dozen lines of settings serve mail over TLS, and accounts are made beside and under it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-serve-"));
  let server: ChildProcess | undefined;
  t.after(() => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  const { file, ports, certificate } = await dozenLines(folder);
  const [, submission = 0, imaps = 0, pop3s = 0] = ports;
  const account = (args: readonly string[], input?: string): Promise<Ran> =>
    posthorn(["account", ...args, "-s", file], input);
  const login = (password: string): Promise<string> =>
    over(imaps, certificate, [`a LOGIN ${ANN} "${password}"`, "b LOGOUT"], IMAP_ANSWER);

  assert.deepEqual(await account(["add", ANN], `${PASSWORD}\n`), {
    code: 0,
    out: `${ANN} is ready\n`,
    err: "",
  });
  const weak = await account(["passwd", ANN], "short\n");
  assert.deepEqual([weak.code, weak.err], [2, "password: a password has 8 characters or more\n"]);

  server = await serve(file, "pop3s");
  assert.equal(statSync(join(folder, "data", "control.sock")).mode & 0o777, 0o600);
  assert.match(await login(PASSWORD), /^a OK/m);
  assert.match(
    await over(pop3s, certificate, [`USER ${ANN}`, `PASS ${PASSWORD}`, "QUIT"], POP3_ANSWER),
    /0 messages/,
  );
  assert.match(await login("wrong"), /^a NO \[AUTHENTICATIONFAILED\]/m);

  // While it runs: at once, over the control socket.
  const made = await account(["app-password", "add", ANN, "phone", "--json"]);
  const { password } = JSON.parse(made.out) as { password: string };
  assert.match(await login(password), /^a OK/m);
  await account(["app-password", "rm", ANN, "phone"]);
  assert.match(await login(password), /^a NO/m);
  assert.equal((await account(["passwd", ANN], "a better one\n")).code, 0);
  assert.match(await login(PASSWORD), /^a NO/m);
  assert.match(await login("a better one"), /^a OK/m);
  assert.match((await account(["add", "x@elsewhere.test", "--generate"])).err, /"elsewhere.test: local"/);
  const unconfirmed = await account(["rm", ANN]);
  assert.match(unconfirmed.err, /say --yes if that is meant/);
  assert.equal((await account(["bans"])).out, "nobody is banned\n");
  assert.notEqual(submission, 0);

  // Killed, it leaves its socket behind; the commands see that nobody is there and open the folder themselves.
  await stopped(server, "SIGKILL");
  const listed = JSON.parse((await account(["ls", "--json"])).out) as { name: string; hasScram: boolean }[];
  assert.deepEqual(
    listed.map(({ name, hasScram }) => [name, hasScram]),
    [[ANN, true]],
  );
  server = await serve(file, "pop3s");
  assert.match(await login("a better one"), /^a OK/m, "it comes back over the socket that was left");
  assert.equal((await account(["rm", ANN, "--yes"])).code, 0);
  assert.match(await login("a better one"), /^a NO/m);
});

test("a folder that the machine refuses is a sentence, not a stack", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-refused-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "posthorn.yaml");
  writeFileSync(file, "hostname: mail.example.org\ndata: /dev/null/data\n");
  const { code, err } = await posthorn(["account", "ls", "-s", file]);
  assert.equal(code, 1);
  assert.match(err, /^cannot make the folder \/dev\/null\/data \(see "data"\): [^\n]+\n?$/);
});
