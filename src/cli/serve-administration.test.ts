import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type Serving, serveHost } from "./serve-host.ts";
import { readServeSettings } from "./serve-settings.ts";

const TEXT = `# The server of a.test
hostname: mail.a.test # as in the DNS
data: ./data
listen:
  - { at: "127.0.0.1:0", service: http }
domains:
  a.test: local # the first
accounts:
  ann@a.test: { password: "anns own secret" } # runs this
  bob@a.test: { password: "bobs own secret" }
administrators: [Ann@a.test]
`;

type Asked = {
  readonly cookie?: string | undefined;
  readonly basic?: string;
  readonly method?: string;
  readonly body?: unknown;
};
type Open = {
  readonly file: string;
  readonly serving: Serving;
  ask(path: string, asked?: Asked): Promise<{ status: number; text: string; cookie: string | undefined }>;
  signIn(account: string, password: string): Promise<string>;
  /** Everything the server answered so far. */
  answers(): string;
};

async function open(t: TestContext): Promise<Open> {
  const folder = await mkdtemp(join(tmpdir(), "posthorn-admin-"));
  const file = join(folder, "posthorn.yaml");
  await writeFile(file, TEXT);
  await chmod(file, 0o640);
  const { settings, text } = readServeSettings(file);
  const onDown = (error: unknown): never => assert.fail(String(error));
  const serving = await serveHost(settings, { folder, file, text, onDown });
  t.after(async () => {
    await serving.close();
    await rm(folder, { recursive: true, force: true });
  });
  let answers = "";
  const ask: Open["ask"] = async (path, { cookie, basic, method = "GET", body } = {}) => {
    const port = serving.host.doors[0]?.endpoint.port;
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = {
      ...(cookie === undefined ? {} : { cookie }),
      ...(basic === undefined ? {} : { authorization: `Basic ${btoa(basic)}` }),
    };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...given });
    const said = await answer.text();
    answers += said;
    return { status: answer.status, text: said, cookie: answer.headers.get("set-cookie")?.split(";")[0] };
  };
  return {
    file,
    serving,
    ask,
    answers: () => answers,
    async signIn(account, password) {
      const { status, cookie } = await ask("/mail/v1/session", {
        method: "POST",
        body: { account, password },
      });
      assert.equal(status, 200);
      return cookie ?? "";
    },
  };
}

/** The answer leaves before the server restarts: how that ended is asked for until it is over. */
async function settled({ ask }: Open, cookie: string): Promise<{ state: string; reason: string }> {
  for (;;) {
    const answer = await ask("/server/v1/hosts/mail.a.test/settings", { cookie }).catch(() => undefined);
    const { change } = JSON.parse(answer?.text ?? '{"change":null}') as {
      change: { state: string; reason: string } | null;
    };
    if (change !== null && change.state !== "under way") return change;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const HOST = "/server/v1/hosts/mail.a.test";

test("only administrators get in: by session, or by password in a header", async (t) => {
  const { ask, signIn } = await open(t);
  const ann = await signIn("ann@a.test", "anns own secret");
  const bob = await signIn("bob@a.test", "bobs own secret");
  assert.equal((await ask("/server/v1/hosts", { cookie: ann })).status, 200);
  assert.equal((await ask("/server/v1/hosts", { basic: "ann@a.test:anns own secret" })).status, 200);
  for (const path of ["/server/v1/hosts", "/server/v1/metrics", `${HOST}/settings`, `${HOST}/nothing`]) {
    const stranger = await ask(path, { cookie: bob });
    assert.ok([403, 404].includes(stranger.status), path);
    assert.ok(!stranger.text.includes("a.test: local"));
    assert.ok([401, 404].includes((await ask(path)).status), path);
  }
  const refused = await ask("/server/v1/hosts", { cookie: bob });
  assert.match(refused.text, /bob@a\.test is no administrator.*"administrators\\?" in its settings/);
  assert.equal((await ask("/server/v1/hosts", { basic: "bob@a.test:bobs own secret" })).status, 403);
  assert.equal((await ask("/server/v1/hosts", { basic: "ann@a.test:wrong" })).status, 401);
});

test("an app password opens an administrator's mail, and not the administration: neither by session nor by header", async (t) => {
  const { ask, signIn } = await open(t);
  const own = await signIn("ann@a.test", "anns own secret");
  const asked = { cookie: own, method: "POST", body: { label: "phone" } };
  const made = await ask(`${HOST}/accounts/ann@a.test/app-passwords`, asked);
  const { password } = JSON.parse(made.text) as { password: string };
  const phone = await signIn("ann@a.test", password);
  assert.equal((await ask("/mail/v1/mailboxes", { cookie: phone })).status, 200);
  for (const given of [{ cookie: phone }, { basic: `ann@a.test:${password}` }])
    for (const path of ["/server/v1/hosts", "/server/v1/metrics", `${HOST}/settings`]) {
      const refused = await ask(path, given);
      assert.equal(refused.status, 403, path);
      assert.match(refused.text, /asks for the account's own password/);
    }
  assert.equal((await ask("/server/v1/hosts", { cookie: own })).status, 200);
});

test("a changed setting is written with the comments kept; sessions and mail outlive the restart; it is undone", async (t) => {
  const all = await open(t);
  const { ask, file, serving, signIn } = all;
  const cookie = await signIn("ann@a.test", "anns own secret");
  const before = serving.host;
  const content = Buffer.from("From: x@a.test\r\nSubject: kept\r\n\r\nhi\r\n");
  const recipients = ["bob@a.test"];
  const box = () => serving.host.store.list("bob@a.test", "INBOX");
  await before.submit({ reversePath: "ann@a.test", recipients, content });
  while ((await box()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));

  const asked = await ask(`${HOST}/domains/new.test`, { cookie, method: "PUT", body: { kind: "local" } });
  assert.match(asked.text, /"state":"under way"/);
  assert.deepEqual((await settled(all, cookie)).state, "done");
  assert.notEqual(serving.host, before);
  const changed = TEXT.replace("# the first\n", "# the first\n  new.test: local\n");
  assert.equal(await readFile(file, "utf8"), changed);
  assert.equal(await readFile(`${file}.bak`, "utf8"), TEXT);
  for (const path of [file, `${file}.bak`]) assert.equal((await stat(path)).mode & 0o777, 0o640);
  assert.equal((await box()).length, 1);
  assert.equal((await ask("/server/v1/hosts", { cookie })).status, 200, "the session is still good");

  await ask(`${HOST}/settings/undo`, { cookie, method: "POST" });
  assert.equal((await settled(all, cookie)).state, "done");
  assert.equal(await readFile(file, "utf8"), TEXT);
  const changes = (await ask(`${HOST}/changes`, { cookie })).text;
  assert.match(changes, /"who":"ann@a\.test","what":"added the domain new\.test \(local\)"/);
});

test("a wrong setting is refused and nothing changes; one the server cannot start with is put back, with the reason", async (t) => {
  const all = await open(t);
  const { ask, file, serving, signIn } = all;
  const cookie = await signIn("ann@a.test", "anns own secret");
  const before = serving.host;
  const edit = (path: (string | number)[], value: unknown) =>
    ask(`${HOST}/settings`, { cookie, method: "PATCH", body: { edits: [{ op: "set", path, value }] } });
  for (const [path, value, says] of [
    [["policies", "helo"], "maybe", /policies\.helo/],
    [["relayFrom"], ["0.0.0.0/0"], /open relay/],
    [["data"], "/elsewhere", /move the folder/],
  ] as const) {
    const refused = await edit([...path], value);
    assert.equal(refused.status, 400);
    assert.match(refused.text, says);
  }
  assert.equal(serving.host, before);
  assert.equal(await readFile(file, "utf8"), TEXT);

  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  await edit(["listen", 1], { at: `127.0.0.1:${port}`, service: "smtp" });
  const { state, reason } = await settled(all, cookie);
  assert.equal(state, "refused");
  assert.match(reason, /in use.* \(see "listen"\)/);
  assert.equal(await readFile(file, "utf8"), TEXT);
  assert.equal((await ask("/server/v1/hosts", { cookie })).status, 200, "it runs as before");
});

test("a new password or the end of an account ends its sessions; no secret is in an answer or in the journal", async (t) => {
  const { ask, answers, serving, signIn } = await open(t);
  const cookie = await signIn("ann@a.test", "anns own secret");
  const made = JSON.parse(
    (await ask(`${HOST}/accounts`, { cookie, method: "POST", body: { name: "eve@a.test" } })).text,
  ) as { password: string };
  const eve = await signIn("eve@a.test", made.password);
  assert.equal((await ask("/mail/v1/mailboxes", { cookie: eve })).status, 200);
  const password = "chosen by eve herself";
  const set = await ask(`${HOST}/accounts/eve@a.test/password`, {
    cookie,
    method: "PUT",
    body: { password },
  });
  assert.deepEqual(JSON.parse(set.text), { account: "eve@a.test", password: null });
  assert.equal((await ask("/mail/v1/mailboxes", { cookie: eve })).status, 401);
  const again = await signIn("eve@a.test", password);
  const gone = await ask(`${HOST}/accounts/eve@a.test`, { cookie, method: "DELETE" });
  assert.equal(gone.status, 200, gone.text);
  assert.equal((await ask("/mail/v1/mailboxes", { cookie: again })).status, 401);

  for (const path of ["settings", "settings/reference", "connectors", "accounts", "changes"])
    assert.equal((await ask(`${HOST}/${path}`, { cookie })).status, 200);
  const journal = JSON.stringify(serving.journal.read());
  for (const secret of ["anns own secret", "bobs own secret", password, made.password])
    assert.ok(!journal.includes(secret));
  for (const secret of ["anns own secret", "bobs own secret", password])
    assert.ok(!answers().includes(secret));
  assert.equal(answers().split(made.password).length, 2, "answered once");
});
