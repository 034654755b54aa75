/**
 * `node bench/import.ts [MESSAGES]`: what `posthorn import` weighs while it brings a Maildir of 100,000 messages of
 * 10 KB, tenth by tenth of its time, and how fast it is. The command is a process of its own, as anybody runs it.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { makeCorpus } from "./imap/corpus.ts";
import { residentMb } from "./memory.ts";
import { POSTHORN } from "./posthorn.ts";
import { formatTable } from "./report.ts";

const MESSAGES = Number(process.argv[2] ?? 100_000);
const SAMPLE_MS = 100;
const PORTIONS = 10;
const ACCOUNT = "ann@import.test";
/** Flat: the most of the second half is at most so much more than the most of the first. */
const GROWTH_MAX = 0.1;
const DAY_MS = 86_400_000;

function fillMaildir(maildir: string): void {
  const message = makeCorpus();
  for (const name of ["cur", "new", "tmp"]) mkdirSync(join(maildir, name), { recursive: true });
  for (let n = 0; n < MESSAGES; n++) {
    const seconds = Math.floor((Date.UTC(2024, 0, 1) + (n % 700) * DAY_MS) / 1_000);
    const name = `${seconds}.${String(n).padStart(7, "0")}.bench:2,${n % 3 === 0 ? "S" : ""}`;
    // Files end their lines as Unix does.
    writeFileSync(
      join(maildir, "cur", name),
      Buffer.from(message(n)).toString("latin1").replaceAll("\r\n", "\n"),
    );
  }
}

async function main(folder: string): Promise<void> {
  process.stderr.write(`making ${MESSAGES} files\n`);
  fillMaildir(join(folder, "Maildir"));
  const settings = join(folder, "posthorn.yaml");
  writeFileSync(
    settings,
    `hostname: import.test
data: ${join(folder, "data")}
listen: ["127.0.0.1:0"]
domains: { import.test: local }
`,
  );
  const add = ["account", "add", ACCOUNT, "--generate", "--settings", settings];
  execFileSync(process.execPath, [POSTHORN, ...add], { stdio: "ignore" });
  const words = ["import", "maildir", ACCOUNT, join(folder, "Maildir"), "--settings", settings];
  const start = performance.now();
  // Its progress is for whoever watches; on a terminal it is a bar.
  const child = spawn(process.execPath, [POSTHORN, ...words], { stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const samples: number[] = [];
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver) {
    try {
      samples.push(residentMb(child.pid as number));
    } catch {
      // It ended meanwhile.
    }
    await Promise.race([wait(SAMPLE_MS), ended]);
  }
  if ((await ended) !== 0) throw new Error("the import failed");
  const seconds = (performance.now() - start) / 1_000;
  const most = Array.from({ length: PORTIONS }, (_, n) =>
    Math.max(
      ...samples
        .slice(Math.floor((n * samples.length) / PORTIONS), Math.floor(((n + 1) * samples.length) / PORTIONS))
        .filter((value) => !Number.isNaN(value)),
    ),
  );
  const rows = most.map((mb, n) => [`${(n + 1) * PORTIONS} %`, mb.toFixed(0)]);
  console.log(formatTable([["of its time", "MB resident, at most"], ...rows]));
  const half = PORTIONS / 2;
  const growth = Math.max(...most.slice(half)) / Math.max(...most.slice(0, half)) - 1;
  console.log(
    `${MESSAGES} messages in ${seconds.toFixed(0)} s, ${Math.round(MESSAGES / seconds)} a second; the second half takes ` +
      `${(growth * 100).toFixed(0)} % more than the first: ${growth <= GROWTH_MAX ? "flat" : "NOT flat"}`,
  );
}

const folder = mkdtempSync("/var/tmp/posthorn-import-");
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
