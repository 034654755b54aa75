/**
 * `node tests/browser/hostile-mail.ts`: each message of hostile/ opened in a real browser, as a person would. It must run
 * nothing, ask for nothing elsewhere, lead nowhere, open no window and break no layout; with images allowed it may ask the
 * proxy, and only that. Prints a line each; exits 1 when one does more. Needs the built app (`npm run web`) and chromium.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { serveLab } from "../../src/lab/api/serve-lab.ts";
import { startLab } from "../../src/lab/open-lab.ts";

const FOLDER = fileURLToPath(new URL("./hostile/", import.meta.url));
const ACCOUNT = "ann@arch.test";
const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] } },
  hosts: { presto: { role: "mailbox" as const, accept: ["arch.test"] } },
  accounts: { [ACCOUNT]: { password: "ann" } },
};
/** How long a message is left alone to do its worst. */
const WATCH_MS = 700;

/** In the page: what ran, and what is wider than the window. */
const LOOK = `(() => ({
  ran: window.hostileRan ?? 0,
  path: location.pathname,
  wide: document.documentElement.scrollWidth - innerWidth,
  pane: ((pane) => pane.scrollWidth - pane.clientWidth)(document.querySelector(".reading .scroll")),
}))()`;

const lab = await startLab(NETWORK, { mode: "simulated" });
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
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".eml"));
  assert.ok(files.length >= 15, "the hostile mail is there");
  const ids = await put(files);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  const asked = watch(page);
  await page.goto(`${api.url}/mail`);
  await page.getByRole("button", { name: ACCOUNT }).click();
  await page.locator(".message").first().waitFor();
  for (const [index, id] of ids.entries()) await open(page, files[index] as string, id, asked);
  console.log(`ok: ${files.length} hostile messages did nothing`);
} finally {
  await browser.close();
  await api.close();
  await lab.down();
}

async function put(files: readonly string[]): Promise<string[]> {
  const mail = lab.hosts.get("presto")?.host?.store.mail(ACCOUNT);
  const inbox = mail?.find("INBOX");
  assert.ok(mail !== undefined && inbox !== undefined);
  const ids: string[] = [];
  for (const file of files) {
    const added = await mail.append(inbox.id, [{ content: readFileSync(FOLDER + file), flags: [] }]);
    assert.ok(added.kind === "done");
    ids.push(`${inbox.id}-${added.uids[0]}`);
  }
  return ids;
}

/** What the page asks for beyond what it needs itself, and windows it opens. */
function watch(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    const isOurs = url.startsWith(`${api.url}/`) && !url.includes("/mail/v1/image");
    if (!isOurs && !url.startsWith("data:") && !url.startsWith("about:")) asked.push(url);
  });
  page.context().on("page", (other) => asked.push(`window ${other.url()}`));
  return asked;
}

async function open(page: Page, file: string, id: string, asked: string[]): Promise<void> {
  await page.goto(`${api.url}/mail/INBOX/${id}`);
  await page.locator("article.open").first().waitFor();
  await page.waitForTimeout(WATCH_MS);
  await look(page, file);
  assert.equal(asked.join(" "), "", `${file} asked for something`);
  const button = page.getByRole("button", { name: "Show images" });
  if (await button.isVisible()) {
    await button.click();
    await page.waitForTimeout(WATCH_MS);
    await look(page, file);
    const elsewhere = asked.filter((url) => !url.startsWith(`${api.url}/mail/v1/image?url=`));
    assert.equal(elsewhere.join(" "), "", `${file} asked elsewhere for its images`);
    asked.length = 0;
  }
  console.log(`ok ${file}`);
}

async function look(page: Page, file: string): Promise<void> {
  const { ran, path, wide, pane } = (await page.evaluate(LOOK)) as {
    ran: number;
    path: string;
    wide: number;
    pane: number;
  };
  assert.equal(ran, 0, `${file} ran a script`);
  assert.match(path, /^\/mail\/INBOX\//, `${file} led away`);
  assert.ok(wide <= 0 && pane <= 0, `${file} broke the layout: ${Math.max(wide, pane)} px beyond the edge`);
}
