import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createLabWeb } from "../api/lab-web.ts";
import type { FileAppliedView, FileCheckView, FileView } from "../api/file-routes.ts";
import { startLab } from "../open-lab.ts";
import { createFileDesk } from "./file-desk.ts";

const TEXT = `# mine
domains:
  arch.test: { mx: [presto:10] }
hosts:
  presto: { role: mailbox, accept: [arch.test], allow: [you] }
  kerio: { role: mailbox }
accounts:
  ann@arch.test: {}
`;
const CHANGED = TEXT.replace("kerio: { role: mailbox }", "kerio: { role: mailbox, tls: off }");

async function open(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-file-desk-"));
  const file = join(folder, "mail.lab.yaml");
  writeFileSync(file, TEXT);
  const lab = await startLab(file, { mode: "simulated" });
  context.after(async () => {
    await lab.down();
    rmSync(folder, { recursive: true });
  });
  const desk = createFileDesk(lab, file, TEXT);
  const NO_APP = { find: () => Promise.resolve(undefined) };
  const web = createLabWeb({ lab, stop: () => undefined, file: desk }, NO_APP, { checkAnswers: true });
  const ask = async (method: string, path: string, body?: unknown) => {
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = new Request(`http://localhost/lab/v1${path}`, {
      method,
      headers: { host: "localhost" },
      ...given,
    });
    const answer = await web(request, { address: "127.0.0.1" });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  return { lab, desk, file, ask };
}

test("a changed lab file is taken up, says who was started anew, and is not saved until asked", async (context) => {
  const { lab, file, ask } = await open(context);
  await lab.send({ from: "ann@arch.test", to: ["ann@arch.test"], server: "presto" });
  const applied = await ask("POST", "/file/apply", { text: CHANGED });
  const { restarted, file: view } = applied.body as FileAppliedView;
  assert.deepEqual(restarted, ["kerio"]);
  assert.deepEqual([view.text, view.saved, view.canUndo], [CHANGED, TEXT, true]);
  assert.equal(readFileSync(file, "utf8"), TEXT);
  assert.equal((await lab.inbox("ann@arch.test").list()).length, 1);
  const saved = await ask("POST", "/file/save", { before: TEXT });
  assert.equal((saved.body as FileView).saved, undefined);
  assert.equal(readFileSync(file, "utf8"), CHANGED);
  const undone = await ask("POST", "/file/undo");
  assert.deepEqual((undone.body as FileAppliedView).file.text, TEXT);
  assert.equal((await ask("POST", "/file/undo")).status, 400);
});

test("a text with a mistake changes nothing, and says where it is", async (context) => {
  const { desk, ask } = await open(context);
  const wrong = await ask("POST", "/file/apply", { text: "hosts:\n  presto: { roll: mailbox }\n" });
  assert.equal(wrong.status, 400);
  assert.match(JSON.stringify(wrong.body), /"path":"2:13 hosts\.presto"/);
  assert.equal(desk.text(), TEXT);
  const check = (await ask("POST", "/file/check", { text: "hosts:\n  presto: { roll: mailbox }\n" }))
    .body as FileCheckView;
  assert.deepEqual([check.ok, check.problems[0]?.line, check.problems[0]?.column], [false, 2, 13]);
  const good = (await ask("POST", "/file/check", { text: TEXT.replaceAll("arch.test", "arch.local") }))
    .body as FileCheckView;
  assert.equal(good.ok, true);
  assert.match(good.warnings[0]?.message ?? "", /\.local/);
});

test("what somebody else wrote meanwhile is not written over, and is taken up when the file tells", async (context) => {
  const { desk, file, ask } = await open(context);
  assert.equal(await desk.fileChanged(), undefined);
  await desk.apply(CHANGED);
  const theirs = TEXT.replace("# mine", "# theirs");
  writeFileSync(file, theirs);
  const refused = await ask("POST", "/file/save", { before: TEXT });
  assert.equal(refused.status, 400);
  assert.equal(readFileSync(file, "utf8"), theirs);
  const taken = await desk.fileChanged();
  assert.deepEqual(taken, { ok: true, restarted: ["kerio"] });
  assert.equal(desk.text(), theirs);
  assert.equal(await desk.fileChanged(), undefined);
  // What we wrote ourselves is no news.
  await desk.apply(CHANGED);
  await desk.save(theirs);
  assert.equal(await desk.fileChanged(), undefined);
});
