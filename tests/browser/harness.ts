/**
 * What every browser check stands on: Debian's chromium, a lab (or a server) of its own behind a free port, and pages
 * that fail their check when a script throws, a request is refused by the policy, or the console says error. All
 * traffic stays on loopback. Nothing is skipped: a missing browser fails.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { serveLab } from "../../src/lab/api/serve-lab.ts";
import type { Lab } from "../../src/lab/lab.ts";
import { startLab } from "../../src/lab/open-lab.ts";
import { createFileDesk } from "../../src/lab/runtime/file-desk.ts";

export const CHROMIUM = "/usr/bin/chromium";
/** Limit: a page that takes longer hangs. */
export const PAGE_WITHIN_MS = 15_000;

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export type Theme = "light" | "dark";
export type Device = "desktop" | "phone";

const SIZES: Readonly<Record<Device, { width: number; height: number }>> = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
};

/** A page, and what went wrong on it that no check may overlook. */
export type Visit = { readonly page: Page; readonly trouble: readonly string[]; close(): Promise<void> };

export type Stage = {
  readonly lab: Lab;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly browser: Browser;
  /** A browser profile of its own: cookies are not shared. `path` begins with a slash. */
  visit(path: string, how?: { readonly theme?: Theme; readonly device?: Device }): Promise<Visit>;
  /** Writes a picture for a person to look at. */
  picture(page: Page, name: string): Promise<void>;
};

/** One named check: throws when it does not hold. */
export type Check = { readonly name: string; run(stage: Stage): Promise<void> };

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

export type StageOptions = {
  /** A lab file. */
  readonly file: string;
  readonly browser: Browser;
  /** Where pictures go. */
  readonly pictures: string;
};

export async function openStage({
  file,
  browser,
  pictures,
}: StageOptions): Promise<Stage & { close(): Promise<void> }> {
  const lab = await startLab(file, { mode: "loopback", ports: "dynamic" });
  const desk = createFileDesk(lab, file, readFileSync(file, "utf8"));
  const api = await serveLab(lab, 0, () => undefined, desk).catch(async (error: unknown) => {
    await lab.down();
    throw error;
  });
  const visits = new Set<BrowserContext>();
  mkdirSync(pictures, { recursive: true });
  return {
    lab,
    url: api.url,
    browser,
    async visit(path, { theme = "light", device = "desktop" } = {}) {
      const context = await browser.newContext({
        viewport: SIZES[device],
        colorScheme: theme,
        deviceScaleFactor: device === "phone" ? 2 : 1,
        hasTouch: device === "phone",
      });
      visits.add(context);
      context.setDefaultTimeout(PAGE_WITHIN_MS);
      const page = await context.newPage();
      const trouble = watchTrouble(page);
      await page.goto(`${api.url}${path}`);
      const close = async (): Promise<void> => {
        visits.delete(context);
        await context.close();
      };
      return { page, trouble, close };
    },
    async picture(page, name) {
      await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" });
    },
    async close() {
      for (const context of visits) await context.close();
      await api.close();
      await lab.down();
    },
  };
}

/** What a page says that nobody should have to say. A 401 before signing in is an answer, not trouble. */
function watchTrouble(page: Page): string[] {
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    if (/status of 401/.test(message.text())) return;
    trouble.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // A page that is left behind drops its event stream.
    if (why !== "net::ERR_ABORTED") trouble.push(`request: ${request.url()} ${why}`);
  });
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") trouble.push(`asked ${request.url()}`);
  });
  return trouble;
}

/** Throws what went wrong on a page. */
export function expectNoTrouble({ trouble }: Visit): void {
  if (trouble.length > 0) throw new Error(`the page said:\n${trouble.join("\n")}`);
}
