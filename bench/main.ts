/**
 * `npm run bench`: Posthorn measured beside Postfix and Dovecot on this machine. Results go to stdout, progress to stderr. Exits 0
 * when it has measured, whether or not a goal is reached; 1 when something could not be measured; 2 for wrong words.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COPIES, type RowResult } from "./imap/cases.ts";
import { dovecotVersion, hasDovecot } from "./imap/dovecot.ts";
import { benchImap, countImapSteps, imapPace, type ImapWords } from "./imap/imap.ts";
import { formatImap, imapVerdicts } from "./imap/report.ts";
import { describeMachine, formatMachine } from "./machine.ts";
import { benchMemory, formatMemory, MEMORY_PORTIONS, memoryVerdicts } from "./memory.ts";
import { hasPostfix } from "./postfix.ts";
import { startProgress } from "./progress.ts";
import { formatSmtp, formatTable, smtpVerdicts, type Verdict } from "./report.ts";
import { benchSearch, formatSearch, SEARCH_STEPS, type SearchResult } from "./search.ts";
import { benchSmtp, countSteps, type Pace } from "./smtp.ts";

const USAGE = `npm run bench                 SMTP beside Postfix, IMAP beside Dovecot, the lab's memory (over 20 minutes)
npm run bench -- smtp         durable accept and relay, beside Postfix on disk and in memory
npm run bench -- imap         mailboxes of 10,000 and 100,000, beside Dovecot (under 12 minutes)
npm run bench -- search       searches with the index and without (under 3 minutes)
npm run bench -- memory       an eight-host lab at rest and under 100,000 messages (also: lab)
  --quick                     the rows with a goal, 3 short rounds, 10,000 messages (under 2 minutes each)
  --peers                     imap: Dovecot alone
  --only TEXT                 imap: rows whose title has it (\`--only append\`)
  --messages N                imap: one mailbox of this size
  --json FILE                 all figures of every round, too`;

const MEMORY_MESSAGES = 100_000;
const QUICK_MEMORY_MESSAGES = 10_000;
/** Limit: room for two queues of the largest load and their retries. */
const TMPFS_SIZE = "2g";
const SEARCH_SIZES = [10_000, 100_000];
const SEARCH_ROUNDS = 3;
const FULL_PACE: Pace = { rounds: 5, loadSeconds: 2, quick: false };
const QUICK_PACE: Pace = { rounds: 3, loadSeconds: 1, quick: true };

type Words = { parts: Set<string>; quick: boolean; imap: ImapWords; json: string | undefined };

function readWords(): Words {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: "boolean" },
        peers: { type: "boolean" },
        only: { type: "string" },
        messages: { type: "string" },
        json: { type: "string" },
        help: { type: "boolean" },
      },
    });
    if (values.help === true) {
      console.log(USAGE);
      process.exit(0);
    }
    const known: Record<string, string> = {
      smtp: "smtp",
      imap: "imap",
      search: "search",
      memory: "memory",
      lab: "memory",
    };
    const parts = new Set(
      (positionals.length === 0 ? ["smtp", "imap", "search", "memory"] : positionals).map((word) => {
        const part = known[word];
        if (part === undefined) throw new Error(`there is no bench "${word}"`);
        return part;
      }),
    );
    const quick = values.quick === true;
    const messages = values.messages === undefined ? undefined : Number(values.messages);
    if (messages !== undefined && !(Number.isSafeInteger(messages) && messages >= COPIES))
      throw new Error(`a mailbox has ${COPIES} messages at least, not ${values.messages}`);
    const imap = { quick, withOurs: values.peers !== true, only: values.only, messages };
    return { parts, quick, imap, json: values.json };
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

/** Mounts a tmpfs, or says loudly why the rows beside it are left out. */
function mountMemory(folder: string): string | undefined {
  const memory = join(folder, "memory");
  mkdirSync(memory);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${TMPFS_SIZE},mode=755`, "tmpfs", memory], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    return memory;
  } catch (error) {
    console.error(`LEFT OUT: Postfix with its queue in memory: no tmpfs here (${(error as Error).message})`);
    return undefined;
  }
}

async function smtpPart(folder: string, quick: boolean) {
  if (!hasPostfix()) throw new Error("Postfix is missing: apt-get install --no-install-recommends postfix");
  if (process.getuid?.() !== 0) throw new Error("Postfix starts as root only: run the SMTP bench as root");
  const memory = mountMemory(folder);
  const pace = quick ? QUICK_PACE : FULL_PACE;
  const progress = startProgress(countSteps(pace, memory === undefined ? 2 : 3));
  try {
    return await benchSmtp(folder, memory, pace, progress);
  } finally {
    progress.done();
    if (memory !== undefined) execFileSync("umount", [memory]);
  }
}

async function imapPart(folder: string, words: ImapWords): Promise<RowResult[]> {
  if (!hasDovecot() || !hasPostfix())
    throw new Error(
      "Dovecot or Postfix is missing: apt-get install --no-install-recommends dovecot-imapd dovecot-lmtpd postfix",
    );
  if (process.getuid?.() !== 0) throw new Error("Dovecot starts as root only: run the IMAP bench as root");
  const pace = imapPace(words);
  const progress = startProgress(countImapSteps(pace));
  try {
    return await benchImap(folder, pace, progress);
  } finally {
    progress.done();
  }
}

async function searchPart(folder: string, quick: boolean): Promise<SearchResult[]> {
  const sizes = quick ? SEARCH_SIZES.slice(0, 1) : SEARCH_SIZES;
  const progress = startProgress(sizes.length * SEARCH_STEPS);
  try {
    const results: SearchResult[] = [];
    for (const messages of sizes)
      results.push(await benchSearch(join(folder, `search-${messages}`), messages, SEARCH_ROUNDS, progress));
    return results;
  } finally {
    progress.done();
  }
}

async function memoryPart(folder: string, quick: boolean) {
  const progress = startProgress(MEMORY_PORTIONS + 1);
  try {
    return await benchMemory(folder, quick ? QUICK_MEMORY_MESSAGES : MEMORY_MESSAGES, progress);
  } finally {
    progress.done();
  }
}

function formatVerdicts(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ what, value, goal, reached }) => [
    what,
    value.toFixed(2),
    String(goal),
    reached ? "yes" : "NO",
  ]);
  return formatTable([["goal", "measured", "wanted", "reached"], ...rows]);
}

const { parts, quick, imap: words, json } = readWords();
// Not /tmp, which may be in memory: both sides lie on the same disk. Postfix must be able to enter.
const folder = mkdtempSync("/var/tmp/posthorn-bench-");
chmodSync(folder, 0o755);
try {
  const machine = describeMachine(folder);
  console.log(formatMachine(machine));
  if (parts.has("imap")) console.log(`Dovecot ${dovecotVersion()}`);
  const smtp = parts.has("smtp") ? await smtpPart(folder, quick) : [];
  if (smtp.length > 0) console.log(`\n${formatSmtp(smtp)}`);
  const imap = parts.has("imap") ? await imapPart(folder, words) : [];
  if (imap.length > 0) console.log(`\n${formatImap(imap)}`);
  const search = parts.has("search") ? await searchPart(folder, quick) : [];
  if (search.length > 0) console.log(`\n${formatSearch(search)}`);
  const memory = parts.has("memory") ? await memoryPart(folder, quick) : undefined;
  if (memory !== undefined) console.log(`\n${formatMemory(memory)}`);
  const verdicts = [
    ...smtpVerdicts(smtp),
    ...imapVerdicts(imap),
    ...(memory === undefined ? [] : memoryVerdicts(memory)),
  ];
  console.log(`\n${formatVerdicts(verdicts)}`);
  if (json !== undefined)
    writeFileSync(
      json,
      `${JSON.stringify({ machine, quick, smtp, imap, search, memory, verdicts }, null, 2)}\n`,
    );
} catch (error) {
  console.error(`\n${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
