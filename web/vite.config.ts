/**
 * Builds the browser app into dist/web, where Posthorn serves it from. `npm run web:dev` serves the sources instead
 * and hands API requests on to a lab that runs on its usual port.
 */
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type ProxyOptions } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Pages and API share their first segment (/lab, /lab/v1): what asks for HTML is a page. */
const api: ProxyOptions = {
  target: "http://127.0.0.1:8066",
  bypass: (request) => (request.headers.accept?.includes("text/html") ? request.url : undefined),
};

// oxlint-disable-next-line import/no-default-export -- Vite reads its settings from the default export.
export default defineConfig({
  root: here("."),
  plugins: [svelte({ compilerOptions: { runes: true } })],
  resolve: { alias: { $lib: here("./src/lib") } },
  server: {
    host: "127.0.0.1",
    proxy: { "/lab": api, "/mail": api, "/server": api, "/api": api, "/live": api },
  },
  build: {
    outDir: here("../dist/web"),
    emptyOutDir: true,
    target: ["chrome125", "firefox128", "safari17.5"],
    // Each preloaded part would be another inline style or script for the content security policy to allow.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
