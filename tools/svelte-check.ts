/**
 * Runs svelte-check over web/ with TypeScript 6, which it needs, while the rest of the house is on TypeScript 7:
 * whoever asks for "typescript" in this one process gets the package `svelte-check-typescript`.
 */
import { createRequire, registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier.replace(/^typescript(?=$|\/)/, "svelte-check-typescript"), context),
});

process.argv.push(
  "--workspace",
  "web",
  "--tsconfig",
  "./tsconfig.json",
  "--fail-on-warnings",
  "--output",
  "human",
);
createRequire(import.meta.url)("svelte-check/bin/svelte-check");
