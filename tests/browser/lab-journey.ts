/**
 * The main job in the browser, once through: a message travels over the chained relay, its trace is read; a link is
 * broken, the next message waits; the clock is moved five days; the report is read in the inbox and leads to its original.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type Check, expectNoTrouble } from "./harness.ts";

export const labJourneyChecks: readonly Check[] = [
  {
    name: "lab: SMTP by hand is explained line by line, and refused where relaying is not allowed",
    async run(stage) {
      const visit = await stage.visit("/lab/compose");
      const { page } = visit;
      await page.getByLabel("Server").selectOption("kerio");
      await page.getByRole("button", { name: "Connect" }).click();
      const log = page.getByRole("log", { name: "Conversation" });
      await log.getByText(/^220 /).waitFor();
      for (const [line, answer] of [
        ["EHLO me.test", /^250 /],
        ["MAIL FROM:<test@example.com>", /^250 2\.1\.0/],
        ["RCPT TO:<somebody@elsewhere.test>", /^550 5\.7\.1/],
      ] as const) {
        await page.getByLabel("Your line").fill(line);
        await page.keyboard.press("Enter");
        await log.getByText(answer).first().waitFor();
      }
      await log
        .getByText(/RFC 5321/)
        .first()
        .waitFor();
      await stage.picture(page, "by-hand");
      expectNoTrouble(visit);
    },
  },
  {
    name: "lab: a message travels, waits behind a fault, and comes back after five days",
    async run(stage) {
      const visit = await stage.visit("/lab");
      const { page } = visit;
      await page.getByRole("heading", { name: "Network", level: 1 }).waitFor();
      await watchItTravel(page);
      await stage.picture(page, "journey-1-travelling");
      await compose(page, stage.url);
      await page.getByText("presto › smart › edge › kerio").waitFor();
      await page.getByRole("link", { name: "RFC 5321 §4.1.1.1" }).first().waitFor();
      await stage.picture(page, "journey-2-trace");

      await breakTheLink(page);
      await sendAgain(page);
      await openTrace(page, "Hello from the lab", "Deferred");
      await page.getByRole("tab", { name: /Attempts/ }).click();
      await page.getByRole("button", { name: "Retry now" }).waitFor();
      await stage.picture(page, "journey-3-deferred");

      await page.goto(`${stage.url}/lab/queues`);
      await page.getByRole("group", { name: "Move the clock" }).getByRole("button", { name: "+5 d" }).click();
      await page.getByText("Nothing is due: no queue holds mail.").waitFor({ timeout: 60_000 });

      await readTheReport(page, stage.url);
      await stage.picture(page, "journey-4-report");
      await fromReportToOriginal(page);
      await stage.picture(page, "journey-5-original");
      expectNoTrouble(visit);
    },
  },
];

/** A letter is seen on its way in the picture of the network, and arrives. */
async function watchItTravel(page: Page): Promise<void> {
  const letter = page.locator("svg g.dots .letter").first();
  const seen = letter.waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Send a message" }).first().click();
  await seen;
  await page.getByText("stored in INBOX of bob@nemesis.test").first().waitFor();
}

async function sendAgain(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Network" }).first().click();
  await page.getByRole("button", { name: "Send a message" }).first().click();
  await page.locator('[data-node="kerio"].down').waitFor();
  await page
    .getByText(/deferred/)
    .first()
    .waitFor();
}

/** A letter of one's own, with the form; ends at its trace. */
async function compose(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/lab/compose?tab=form`);
  await page.getByLabel("MAIL FROM").fill("ann@arch.test");
  await page.getByLabel("RCPT TO").fill("bob@nemesis.test");
  await page.getByLabel("Handed to").selectOption("presto");
  await page.getByLabel("Subject").fill("Over the chain");
  await page.getByRole("button", { name: /^Send/ }).last().click();
  await page.getByRole("link", { name: "See the trace" }).click();
  await page.getByRole("heading", { name: "Over the chain" }).waitFor();
  await page.getByText("Delivered").first().waitFor();
}

/** The latest journey with this subject and result, from the list. */
async function openTrace(page: Page, subject: string, result = "Delivered"): Promise<void> {
  await page.getByRole("link", { name: "Traces" }).first().click();
  await page.getByRole("heading", { name: "Traces", level: 1 }).waitFor();
  await page.getByRole("row").filter({ hasText: subject }).filter({ hasText: result }).first().click();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: subject }).waitFor();
}

async function breakTheLink(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Faults" }).first().click();
  await page
    .getByRole("region", { name: "The classics" })
    .getByRole("button", { name: /^Host down/ })
    .click();
  await page.getByRole("button", { name: "Place the fault" }).click();
  await page.getByText("down", { exact: false }).first().waitFor();
}

async function readTheReport(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/mail`);
  await page.getByRole("button", { name: /ann@arch\.test/ }).click();
  await page.getByRole("grid", { name: "Messages" }).waitFor();
  await page.getByRole("row").filter({ hasText: "Not delivered" }).first().click();
  await page
    .getByRole("heading", { name: /Not delivered/ })
    .first()
    .waitFor();
}

async function fromReportToOriginal(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More about this message" }).first().click();
  await page.getByRole("menuitem", { name: /How did this get here/ }).click();
  await page.getByRole("link", { name: "Open its trace" }).click();
  await page.getByText("This is a delivery report.").waitFor();
  await page.getByRole("link", { name: "Open the original" }).click();
  await page.getByRole("heading", { name: "Hello from the lab" }).waitFor();
  const back = page.getByRole("link", { name: /open it|report 1/ });
  await back.first().waitFor();
  assert.match(page.url(), /\/lab\/traces\//);
}
