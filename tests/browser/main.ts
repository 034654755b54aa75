/**
 * `npm run browser [WORD]`: the app in a real browser, as a person uses it. Installs Debian's chromium when it is
 * missing, prints `ok` or `not ok` for each check (only those whose name has WORD), writes pictures of every page to
 * `pictures/`, and closes with `N passed, N failed`; exits 1 when anything failed.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { firstLoadChecks } from "./first-load.ts";
import { firstStepsChecks } from "./first-steps.ts";
import { hostileMailChecks } from "./hostile-mail.ts";
import { CHROMIUM, type Check, openBrowser, openStage } from "./harness.ts";
import { labJourneyChecks } from "./lab-journey.ts";
import { manyTabsChecks } from "./many-tabs.ts";
import { pageChecks } from "./pages.ts";
import { serverChecks } from "./server.ts";
import { webmailChecks } from "./webmail.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PICTURES = join(HERE, "../../pictures");
const NETWORK = join(HERE, "../../examples/nemesis.lab.yaml");
/** Limit: a check that takes longer hangs. */
const CHECK_WITHIN_MS = 180_000;

const CHECKS: readonly Check[] = [
  ...firstStepsChecks,
  ...labJourneyChecks,
  ...webmailChecks,
  ...hostileMailChecks,
  ...serverChecks,
  ...manyTabsChecks,
  ...firstLoadChecks,
  ...pageChecks,
];

function installMissing(): void {
  if (existsSync(CHROMIUM)) return;
  console.error("installing chromium");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["update", "-qq"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const words = ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"];
  execFileSync("apt-get", words, { env, stdio: ["ignore", "ignore", "inherit"] });
}

/** Each check has a lab of its own: nothing that one leaves behind helps another. */
async function runCheck({ run, name }: Check, browser: Browser): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not done within ${CHECK_WITHIN_MS / 1_000} s`)),
      CHECK_WITHIN_MS,
    );
  });
  const start = performance.now();
  const stage = await openStage({ file: NETWORK, browser, pictures: PICTURES });
  try {
    await Promise.race([run(stage), hangs]);
    console.log(`ok ${name} (${((performance.now() - start) / 1_000).toFixed(1)} s)`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
    await stage.close();
  }
}

installMissing();
const only = process.argv[2]?.toLowerCase();
const browser = await openBrowser();
let passed = 0;
let failed = 0;
for (const check of CHECKS) {
  if (only !== undefined && !check.name.toLowerCase().includes(only)) continue;
  const failure = await runCheck(check, browser).catch((error: unknown) => String(error));
  if (failure === undefined) passed++;
  else {
    failed++;
    console.log(`not ok ${check.name}\n${failure.replaceAll(/^/gm, "    ")}`);
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
