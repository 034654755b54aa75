import { globSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { playScript } from "./imap-script.ts";

for (const file of globSync("tests/conversations/imap/*.script").sort()) {
  test(`${basename(file, ".script")} is spoken line by line`, { timeout: 30_000 }, () => playScript(file));
}
