/**
 * `node tests/browser/mail-scroll.ts [MESSAGES]`: a mailbox of 100,000 messages scrolled in a real browser, by the wheel, by
 * leaps and by keys. Prints how long frames took; exits 1 when the page worked longer than 50 ms on any. Needs the built
 * app (`npm run web`) and Debian's chromium. Run it alone: what else the machine does counts too.
 */
import assert from "node:assert/strict";
import { chromium, type Page } from "playwright-core";
import { serveLab } from "../../src/lab/api/serve-lab.ts";
import type { Lab } from "../../src/lab/lab.ts";
import { startLab } from "../../src/lab/open-lab.ts";

const FRAME_MAX_MS = 50;
const ACCOUNT = "ann@arch.test";
const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] } },
  hosts: { presto: { role: "mailbox" as const, accept: ["arch.test"] } },
  accounts: { [ACCOUNT]: { password: "ann", quota: "10G" } },
};
const MINUTE_MS = 60_000;
/** Messages of one append: so many bytes are held at a time. */
const BATCH = 500;
const DAY = ["plan", "invoice", "minutes", "lunch", "router", "release", "holiday"];

type Frames = { readonly name: string; readonly deltas: readonly number[]; readonly long: readonly number[] };

/** In the page: how far frames lie apart, and how long the page itself worked on those that took long. */
const WATCH_FRAMES = `
  window.frames_ = { deltas: [], long: [] };
  let last = performance.now();
  const next = (now) => {
    frames_.deltas.push(now - last);
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  new PerformanceObserver((entries) => {
    for (const { duration } of entries.getEntries()) frames_.long.push(duration);
  }).observe({ type: "long-animation-frame" });
`;
const TAKE_FRAMES = `(() => {
  const taken = { deltas: [...frames_.deltas], long: [...frames_.long] };
  frames_.deltas.length = frames_.long.length = 0;
  return taken;
})()`;
const LIST = `document.querySelector('[role="grid"]')`;

const count = Number(process.argv[2] ?? 100_000);
const lab = await startLab(NETWORK, { mode: "simulated" });
const filled = performance.now();
await fill(lab, count);
console.log(`${count} messages put in ${seconds(filled)}`);
const api = await serveLab(lab, 0, () => undefined);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(60_000);
  await openInbox(page);
  const results = [await byWheel(page), await byLeaps(page), await byKeys(page)];
  for (const result of results) report(result);
  const worst = Math.max(...results.flatMap(({ long }) => long), 0);
  assert.ok(worst <= FRAME_MAX_MS, `a frame took ${worst.toFixed(0)} ms of the page's time`);
  console.log(`ok: no frame over ${FRAME_MAX_MS} ms`);
} finally {
  await browser.close();
  await api.close();
  await lab.down();
}

async function fill({ hosts, clock }: Lab, total: number): Promise<void> {
  const mail = hosts.get("presto")?.host?.store.mail(ACCOUNT);
  const inbox = mail?.find("INBOX");
  assert.ok(mail !== undefined && inbox !== undefined);
  const begin = clock.now() - total * MINUTE_MS;
  for (let from = 0; from < total; from += BATCH) {
    const items = Array.from({ length: Math.min(BATCH, total - from) }, (_, index) => {
      const number = from + index;
      return {
        content: Buffer.from(letter(number)),
        flags: number % 7 === 0 ? [] : ["\\Seen"],
        receivedAt: begin + number * MINUTE_MS,
      };
    });
    const added: { kind: string } = await mail.append(inbox.id, items);
    assert.equal(added.kind, "done");
  }
}

function letter(number: number): string {
  const topic = DAY[number % DAY.length];
  return [
    `From: Person ${number % 500} <p${number % 500}@far.test>`,
    `To: ${ACCOUNT}`,
    `Subject: Note ${number} about the ${topic}`,
    `Message-ID: <${number}@far.test>`,
    "Date: Sat, 28 Nov 2026 08:00:00 +0000",
    "",
    `This is note ${number}. It says something about the ${topic}, and a little more to fill its line.`,
    "",
  ].join("\r\n");
}

async function openInbox(page: Page): Promise<void> {
  const start = performance.now();
  await page.goto(`${api.url}/mail`);
  await page.getByRole("button", { name: ACCOUNT }).click();
  await page.getByText(`Note ${count - 1} about`).waitFor();
  console.log(`signed in, and the first page shown, in ${seconds(start)}`);
  await page.evaluate(WATCH_FRAMES);
}

async function measured(page: Page, name: string, run: () => Promise<void>): Promise<Frames> {
  const take = (): Promise<Omit<Frames, "name">> => page.evaluate(TAKE_FRAMES);
  await take();
  await run();
  return { name, ...(await take()) };
}

function byWheel(page: Page): Promise<Frames> {
  return measured(page, "wheel", async () => {
    await page.mouse.move(500, 500);
    for (let turn = 0; turn < 150; turn++) {
      await page.mouse.wheel(0, 400);
      await page.waitForTimeout(16);
    }
  });
}

/** As one drags the scroll bar: far away at once, where nothing is loaded. */
async function byLeaps(page: Page): Promise<Frames> {
  const result = await measured(page, "leaps", async () => {
    for (let leap = 1; leap <= 40; leap++) {
      await page.evaluate(`${LIST}.scrollTop = ${LIST}.scrollHeight * ${((leap * 37) % 100) / 100}`);
      await page.waitForTimeout(60);
    }
  });
  await page.evaluate(`${LIST}.scrollTo(0, 1e9)`);
  await page.getByText("Note 0 about").waitFor();
  return result;
}

function byKeys(page: Page): Promise<Frames> {
  return measured(page, "keys", async () => {
    await page.locator('[role="grid"]').focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < 150; step++) await page.keyboard.press(step % 10 === 9 ? "PageDown" : "j");
  });
}

function report({ name, deltas, long }: Frames): void {
  const sorted = deltas.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  const longest = Math.max(0, ...long).toFixed(0);
  console.log(
    `${name.padEnd(6)} ${deltas.length} frames, apart: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, most ${at(0.9999)} ms; ` +
      `work over 50 ms: ${long.length} (longest ${longest} ms)`,
  );
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
