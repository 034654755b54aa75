/**
 * Each message of hostile/ opened in a real browser, as a person would. It must run nothing, ask for nothing elsewhere,
 * lead nowhere, open no window, leave nothing live in its frame and break no layout; with images allowed it may ask the
 * proxy, and only that.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { Check, Stage } from "./harness.ts";
import { signIn } from "./pages.ts";

const FOLDER = fileURLToPath(new URL("./hostile/", import.meta.url));
const ACCOUNT = "bob@nemesis.test";
/** How long a message is left alone to do its worst. */
const WATCH_MS = 700;

/** In the page: what ran, and what is wider than the window. */
const LOOK = `(() => ({
  ran: window.hostileRan ?? 0,
  path: location.pathname,
  wide: document.documentElement.scrollWidth - innerWidth,
  pane: ((pane) => pane.scrollWidth - pane.clientWidth)(document.querySelector(".reading .scroll")),
}))()`;
type Look = { readonly ran: number; readonly path: string; readonly wide: number; readonly pane: number };
const LIVE = "document.querySelectorAll('script, form, object, embed, iframe, base, link').length";

export const hostileMailChecks: readonly Check[] = [
  {
    name: "mail: hostile HTML, SVG, CSS and file names do nothing",
    async run(stage) {
      const files = readdirSync(FOLDER).filter((name) => name.endsWith(".eml"));
      assert.ok(files.length >= 15, "the hostile mail is there");
      const ids = await put(stage, files);
      const { page } = await stage.visit("/mail");
      const asked = watch(page, stage.url);
      await signIn(page, ACCOUNT);
      for (const [index, id] of ids.entries()) await open(page, stage, files[index] as string, id, asked);
    },
  },
];

async function put({ lab }: Stage, files: readonly string[]): Promise<string[]> {
  const mail = lab.hosts.get("kerio")?.host?.store.mail(ACCOUNT);
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
function watch(page: Page, ours: string): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    const isOurs = url.startsWith(`${ours}/`) && !url.includes("/mail/v1/image");
    if (!isOurs && !url.startsWith("data:") && !url.startsWith("about:")) asked.push(url);
  });
  page.context().on("page", (other) => asked.push(`window ${other.url()}`));
  return asked;
}

async function open(page: Page, stage: Stage, file: string, id: string, asked: string[]): Promise<void> {
  await page.goto(`${stage.url}/mail/INBOX/${id}`);
  await page.locator("article.open").first().waitFor();
  await page.waitForTimeout(WATCH_MS);
  await look(page, file);
  assert.equal(asked.join(" "), "", `${file} asked for something`);
  const button = page.getByRole("button", { name: "Show images" });
  if (!(await button.isVisible())) return;
  await button.click();
  await page.waitForTimeout(WATCH_MS);
  await look(page, file);
  const elsewhere = asked.filter((url) => !url.startsWith(`${stage.url}/mail/v1/image?url=`));
  assert.equal(elsewhere.join(" "), "", `${file} asked elsewhere for its images`);
  asked.length = 0;
}

async function look(page: Page, file: string): Promise<void> {
  const { ran, path, wide, pane } = (await page.evaluate(LOOK)) as Look;
  assert.equal(ran, 0, `${file} ran a script`);
  assert.match(path, /^\/mail\/INBOX\//, `${file} led away`);
  assert.ok(wide <= 0 && pane <= 0, `${file} broke the layout: ${Math.max(wide, pane)} px beyond the edge`);
  for (const frame of page.frames().slice(1)) {
    assert.equal(await frame.evaluate(LIVE), 0, `${file} left something live in its frame`);
  }
}
