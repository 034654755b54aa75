/**
 * Every page in light and dark, on a desktop and a phone: it loads without trouble, axe finds no violation, nothing is
 * wider than the screen, nothing jumps while it loads, and a picture is written for a person to look at.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { type Check, type Device, expectNoTrouble, type Stage, type Theme } from "./harness.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS: readonly (readonly [Theme, Device])[] = [
  ["light", "desktop"],
  ["dark", "desktop"],
  ["light", "phone"],
  ["dark", "phone"],
];

type PageToSee = {
  readonly name: string;
  /** ":trace" is the journey of a message that was delivered, ":message" one in Bob's inbox. */
  readonly path: string;
  /** Signed in as. */
  readonly as?: string;
};

const PAGES: readonly PageToSee[] = [
  { name: "lab-network", path: "/lab" },
  { name: "lab-network-host", path: "/lab?host=edge" },
  { name: "lab-traces", path: "/lab/traces" },
  { name: "lab-trace", path: "/lab/traces/:trace" },
  { name: "lab-trace-routing", path: "/lab/traces/:trace?tab=routing" },
  { name: "lab-trace-dns", path: "/lab/traces/:trace?tab=dns" },
  { name: "lab-trace-headers", path: "/lab/traces/:trace?tab=headers" },
  { name: "lab-trace-attempts", path: "/lab/traces/:trace?tab=attempts" },
  { name: "lab-trace-events", path: "/lab/traces/:trace?tab=events" },
  { name: "lab-compare", path: "/lab/diff?a=:trace&b=:trace" },
  { name: "lab-queues", path: "/lab/queues" },
  { name: "lab-faults", path: "/lab/faults" },
  { name: "lab-dns", path: "/lab/dns?dig=nemesis.test+MX" },
  { name: "lab-dns-text", path: "/lab/dns?zone=arch.test&view=text" },
  { name: "lab-sessions", path: "/lab/sessions" },
  { name: "lab-activity", path: "/lab/activity" },
  { name: "lab-compose", path: "/lab/compose" },
  { name: "lab-compose-form", path: "/lab/compose?tab=form" },
  { name: "lab-scenarios", path: "/lab/scenarios" },
  { name: "lab-scenario", path: "/lab/scenarios/chained-relay" },
  { name: "lab-file", path: "/lab/file" },
  { name: "lab-design", path: "/lab/design" },
  { name: "mail-sign-in", path: "/mail" },
  { name: "mail-inbox", path: "/mail/INBOX", as: "bob@nemesis.test" },
  { name: "mail-message", path: "/mail/INBOX/:message", as: "bob@nemesis.test" },
  { name: "mail-compose", path: "/mail/INBOX?compose=new", as: "bob@nemesis.test" },
  { name: "mail-search", path: "/mail/search?q=hello", as: "bob@nemesis.test" },
  { name: "mail-settings", path: "/mail/settings", as: "bob@nemesis.test" },
  { name: "mail-contacts", path: "/mail/contacts", as: "bob@nemesis.test" },
  { name: "mail-all", path: "/mail/all", as: "bob@nemesis.test" },
  { name: "server", path: "/server" },
  { name: "server-host", path: "/server/kerio" },
  ...[
    "domains",
    "accounts",
    "aliases",
    "connectors",
    "queue",
    "sessions",
    "search",
    "settings",
    "dns",
    "changes",
  ].map((name) => ({ name: `server-${name}`, path: `/server/kerio/${name}` })),
];

export const pageChecks: readonly Check[] = LOOKS.map(([theme, device]) => ({
  name: `pages: all in ${theme} on a ${device} load, fit, and keep nobody out`,
  run: (stage) => seeAll(stage, theme, device),
}));

async function seeAll(stage: Stage, theme: Theme, device: Device): Promise<void> {
  const seeds = await sendSome(stage);
  const wrong: string[] = [];
  for (const { name, path, as } of PAGES) {
    const at = path.replaceAll(":trace", seeds.trace).replaceAll(":message", seeds.message);
    const visit = await stage.visit(as === undefined ? at : "/mail", { theme, device });
    try {
      if (as !== undefined) {
        await signIn(visit.page, as);
        await visit.page.goto(`${stage.url}${at}`);
      }
      await settle(visit.page);
      await stage.picture(visit.page, `${name}-${theme}-${device}`);
      await expectFits(visit.page);
      await expectStill(visit.page);
      await expectOpenToAll(visit.page);
      expectNoTrouble(visit);
    } catch (error) {
      wrong.push(`${name} (${at}): ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await visit.close();
    }
  }
  assert.equal(wrong.length, 0, `\n${wrong.join("\n")}`);
}

/** Mail in Bob's inbox, a report in Ann's, and one message that waits. */
async function sendSome({ lab }: Stage): Promise<{ trace: string; message: string }> {
  const send = (to: string[], subject: string, html?: string) =>
    lab.send({
      from: "ann@arch.test",
      to,
      subject,
      text: "Good morning, here is what we said.",
      html,
      server: "presto",
    });
  const first = await send(
    ["bob@nemesis.test"],
    "Hello Bob",
    "<p>Good <b>morning</b>, here is what we said.</p>",
  );
  await send(["bob@nemesis.test", "ghost@nemesis.test"], "To one who is there and one who is not");
  await lab.inbox("ann@arch.test").wait({ dsn: { action: "failed" } }, { timeoutMs: 20_000 });
  await lab.inbox("bob@nemesis.test").wait({ subject: "Hello Bob" }, { timeoutMs: 20_000 });
  lab.fault.at("kerio").down();
  await send(["bob@nemesis.test"], "This one waits");
  const mailbox = lab.hosts.get("kerio")?.host?.store.mail("bob@nemesis.test")?.find("INBOX");
  return { trace: first.queueId ?? "last", message: `${mailbox?.id ?? 1}-1` };
}

export async function signIn(page: Page, account: string): Promise<void> {
  await page.getByRole("button", { name: new RegExp(account.replaceAll(".", "\\.")) }).click();
  await page.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
}

/** Until what is shown stands still: fonts, first answers, transitions. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.evaluate("document.fonts.ready.then(() => true)");
  let before = "";
  for (let look = 0; look < 12; look++) {
    await page.waitForTimeout(250);
    const now = String(
      await page.evaluate("document.body.innerHTML.length + ' ' + document.body.scrollHeight"),
    );
    if (now === before) return;
    before = now;
  }
}

async function expectFits(page: Page): Promise<void> {
  const wide = Number(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"));
  assert.ok(wide <= 0, `wider than the screen by ${wide} px`);
}

/** Limit: by Chromium's measure, what people call still. */
const SHIFT_MAX = 0.1;

async function expectStill(page: Page): Promise<void> {
  const shift = Number(
    await page.evaluate(
      `new Promise((done) => {
        let sum = 0;
        const seen = new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (sum += value)));
        seen.observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 50);
      })`,
    ),
  );
  assert.ok(shift < SHIFT_MAX, `jumped by ${shift.toFixed(3)} while it loaded`);
}

type Violation = { id: string; nodes: readonly { target: readonly unknown[]; failureSummary?: string }[] };

async function expectOpenToAll(page: Page): Promise<void> {
  // By its debugger, as the policy forbids a page scripts of others.
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'], iframes: false })",
  )) as { violations: readonly Violation[] };
  const words = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
  );
  assert.deepEqual(words, []);
}
