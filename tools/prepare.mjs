/**
 * Builds the browser app after `npm ci`, so that `npm start` has it to serve. Plain JavaScript, for it may run on an
 * older Node. Without the tools for it (`npm ci --omit=dev`) it says so and goes on: Posthorn runs without pages.
 */
import { existsSync } from "node:fs";

if (existsSync(new URL("../node_modules/vite/package.json", import.meta.url))) {
  const { build } = await import("vite");
  await build({ configFile: "web/vite.config.ts", logLevel: "warn" });
} else console.log("the browser app is not built: Vite is a dev dependency");
