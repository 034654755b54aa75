/** Webmail as one uses it daily: read, answer with a file, search, move and take it back; and mail that means harm. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { type Check, expectNoTrouble, type Stage } from "./harness.ts";
import { signIn } from "./pages.ts";

const HOSTILE = fileURLToPath(new URL("hostile", import.meta.url));
const FILE = "figures, März.txt";
const WITHIN = { timeoutMs: 30_000 };

export const webmailChecks: readonly Check[] = [
  {
    name: "mail: read, answered with a file, searched, moved, and taken back",
    async run(stage) {
      await letterFromAnn(stage);
      const visit = await stage.visit("/mail");
      const { page } = visit;
      await signIn(page, "bob@nemesis.test");
      await page.getByRole("row").filter({ hasText: "The figures" }).click();
      await page.getByRole("heading", { name: "The figures" }).waitFor();
      await page.frameLocator('iframe[title="Text of the message"]').getByText("Could you send").waitFor();
      await answerWithFile(page);
      await stage.picture(page, "webmail-1-answer");
      const answer = await stage.lab.inbox("ann@arch.test").wait({ subject: /The figures/ }, WITHIN);
      assert.match(answer.text, /Here they are/);
      assert.deepEqual(
        answer.attachments.map(({ filename, content }) => [filename, Buffer.from(content).toString()]),
        [[FILE, "one, two\n"]],
      );
      assert.equal(answer.envelope.from, "bob@nemesis.test");

      await search(page);
      await stage.picture(page, "webmail-2-search");
      await moveAndTakeBack(page);
      expectNoTrouble(visit);
    },
  },
  {
    name: "mail: new mail appears by itself",
    async run(stage) {
      const visit = await stage.visit("/mail");
      await signIn(visit.page, "bob@nemesis.test");
      await letterFromAnn(stage);
      await visit.page.getByRole("row").filter({ hasText: "The figures" }).waitFor();
      expectNoTrouble(visit);
    },
  },
  {
    name: "mail: hostile HTML, SVG, CSS and file names do nothing",
    async run(stage) {
      const names = readdirSync(HOSTILE).filter((name) => name.endsWith(".eml"));
      assert.ok(names.length > 10);
      const box = stage.lab.hosts.get("kerio")?.host?.store.mail("bob@nemesis.test");
      const inbox = box?.find("INBOX");
      assert.ok(box !== undefined && inbox !== undefined);
      const items = names.map((name) => ({ content: readFileSync(join(HOSTILE, name)), flags: [] }));
      assert.equal((await box.append(inbox.id, items)).kind, "done");
      const visit = await stage.visit("/mail");
      const { page } = visit;
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await signIn(page, "bob@nemesis.test");
      for (const [index, name] of names.entries())
        await readHarmlessly(page, `${inbox.id}-${index + 1}`, stage, name);
      const foreign = asked.filter(
        (url) => !url.startsWith(stage.url) && !url.startsWith("blob:") && !url.startsWith("data:"),
      );
      assert.deepEqual(foreign, [], "nothing was asked for elsewhere");
      assert.deepEqual(
        asked.filter((url) => url.includes("/mail/v1/image")),
        [],
        "no picture before one asks for it",
      );
    },
  },
];

async function letterFromAnn({ lab }: Stage): Promise<void> {
  const html = "<p>Good morning Bob,</p><p>Could you send <b>the figures</b>?</p>";
  const text = "Good morning Bob,\n\nCould you send the figures?\n";
  const to = ["bob@nemesis.test"];
  await lab.send({ from: "ann@arch.test", to, subject: "The figures", text, html, server: "presto" });
  await lab.inbox("bob@nemesis.test").wait({ subject: "The figures" }, WITHIN);
}

async function answerWithFile(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Reply", exact: true }).last().click();
  const editor = page.locator('[contenteditable="true"]');
  await editor.waitFor();
  await editor.click();
  await page.keyboard.type("Here they are.");
  const file = { name: FILE, mimeType: "text/plain", buffer: Buffer.from("one, two\n") };
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByRole("list", { name: "Attachments" }).getByText("figures", { exact: false }).waitFor();
  await page.waitForTimeout(500);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page
    .getByRole("region", { name: "Messages" })
    .getByText(/Sent|Sending/)
    .waitFor();
}

async function search(page: Page): Promise<void> {
  const box = page.getByLabel("Search mail");
  await box.fill('from:ann subject:figures "could you"');
  await box.press("Enter");
  await page.waitForURL(/\/mail\/search/);
  await page.getByRole("row").filter({ hasText: "The figures" }).first().waitFor();
  await box.fill("from:nobody-at-all");
  await box.press("Enter");
  await page.getByText("Nothing found").waitFor();
}

async function moveAndTakeBack(page: Page): Promise<void> {
  await page.getByRole("link", { name: /Inbox/i }).first().click();
  const row = page.getByRole("row").filter({ hasText: "The figures" });
  await row.getByRole("checkbox").check({ force: true });
  await page.getByRole("toolbar", { name: "Chosen messages" }).getByRole("button", { name: "Move" }).click();
  await page.getByRole("dialog").getByRole("combobox").fill("Plans 2027");
  await page.keyboard.press("Enter");
  await row.waitFor({ state: "detached" });
  await page.getByRole("region", { name: "Messages" }).getByRole("button", { name: "Undo" }).last().click();
  await row.waitFor();
}

/** Opened, shown, and still the page it was. */
async function readHarmlessly(page: Page, id: string, stage: Stage, name: string): Promise<void> {
  await page.goto(`${stage.url}/mail/INBOX/${id}`);
  await page.getByRole("article").first().waitFor();
  await page.waitForTimeout(400);
  assert.equal(await page.evaluate("window.hostileRan"), undefined, `${name}: a script ran`);
  assert.equal(page.url(), `${stage.url}/mail/INBOX/${id}`, `${name}: it led away`);
  const wide = Number(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"));
  assert.ok(wide <= 0, `${name}: wider than the window by ${wide} px`);
  for (const frame of page.frames()) {
    if (frame === page.mainFrame()) continue;
    const live = await frame.evaluate(
      "document.querySelectorAll('script, form, object, embed, iframe, base, link').length",
    );
    assert.equal(live, 0, `${name}: something live is left in its frame`);
  }
}
