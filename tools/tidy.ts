/**
 * Checks what formatters and linters do not: every file of src/ opens by saying what it is, no file grows past what
 * a reader holds in mind, no work is left open in a comment, no test is switched off, no folder is a drawer of odds
 * and ends. Prints `file:line: why` and exits 1.
 */
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** Limit: past this a file holds more than one idea. A file with a reason says so: `Long: why` in its header. */
const FILE_LINES_MAX = 300;

const findings: string[] = [];
const files = globSync([
  "src/**/*.ts",
  "web/**/*.ts",
  "tests/**/*.ts",
  "tools/**/*.ts",
  "bench/**/*.ts",
]).sort();
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  const isTest = file.endsWith(".test.ts");
  const say = (line: number, why: string): void => void findings.push(`${file}:${line}: ${why}`);
  if (!isTest && !/^(#!.*\n)?\s*(\/\*\*|\/\/)/.test(text)) say(1, "opens without saying what the file is");
  if (lines.length > FILE_LINES_MAX && !isTest && !/Long: /.test(lines.slice(0, 12).join("\n"))) {
    say(
      FILE_LINES_MAX,
      `is ${lines.length} lines long: split it, or give the reason as "Long: …" in its header`,
    );
  }
  if (/^(utils?|helpers?|misc|common)\.ts$/.test(basename(file)))
    say(1, "is named after nothing: name it for its idea");
  lines.forEach((line, index) => {
    if (file === "tools/tidy.ts") return;
    if (/\b(TODO|FIXME|XXX|HACK)\b/.test(line))
      say(index + 1, "leaves work open in a comment: do it, or file it");
    if (isTest && /\b(test|it|describe)\.(skip|todo|only)\(|skip: true/.test(line))
      say(index + 1, "switches a test off");
    if (
      /^(src|web)\//.test(file) &&
      /@ts-(ignore|nocheck)|eslint-disable|oxlint-disable(?!-next-line .+ -- )/.test(line)
    ) {
      say(index + 1, "silences a check without a reason");
    }
  });
}

if (findings.length > 0) {
  console.error(findings.join("\n"));
  process.exitCode = 1;
}
