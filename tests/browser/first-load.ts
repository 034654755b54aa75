/** What a place weighs when it is first opened: script as it would cross a wire, gzipped. Heavy parts come late. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Check } from "./harness.ts";
import { signIn } from "./pages.ts";

/** Limit: the goal for a place, in bytes; more is noticed on a slow line. */
const SCRIPT_BYTES_MAX = 150_000;

export const firstLoadChecks: readonly Check[] = [
  ["Lab", "/lab", undefined],
  ["Mail", "/mail", "bob@nemesis.test"],
  ["Server", "/server", undefined],
].map(([place, path = "/", account]) => ({
  name: `first load: ${place} takes less than 150 kB of script`,
  async run(stage) {
    const { page } = await stage.visit("/theme.js");
    const scripts = new Map<string, Promise<Buffer>>();
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith(".js")) scripts.set(pathname, response.body());
    });
    await page.goto(`${stage.url}${path}`);
    await page.locator("h1").first().waitFor({ state: "attached" });
    if (account !== undefined) await signIn(page, account);
    await page.waitForLoadState("load");
    let bytes = 0;
    for (const body of scripts.values()) bytes += gzipSync(await body).length;
    console.log(`   ${place}: ${scripts.size} files, ${(bytes / 1_000).toFixed(1)} kB of script gzipped`);
    assert.ok(scripts.size > 0 && bytes < SCRIPT_BYTES_MAX, `${bytes} bytes`);
  },
}));
