/** Webmail as one uses it daily: read, answer with a file, search, move and take it back. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type Check, expectNoTrouble, type Stage } from "./harness.ts";
import { signIn } from "./pages.ts";

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
