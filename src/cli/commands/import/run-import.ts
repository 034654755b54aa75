/** An import for a person: the plan, a bar with rate and time left, a row for each folder, and what to do if it stops. */
import { formatSize } from "../../../base/size.ts";
import { type FolderWishes, type PlannedFolder, planFolders } from "../../../import/folder-plan.ts";
import { type FolderOutcome, importMail, ImportStopped } from "../../../import/import-mail.ts";
import type { MailSource } from "../../../import/source.ts";
import type { Console } from "../../../server/accounts/console.ts";
import { withConsole } from "../../control/open-console.ts";
import { createProgress } from "../../print/progress.ts";
import { styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { UsageError } from "../../usage-error.ts";

export type ImportOptions = {
  readonly settings: string;
  readonly into?: string;
  readonly map?: readonly string[];
  readonly only?: readonly string[];
  readonly exclude?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
};

const EXIT_STOPPED = 1;

export async function runImport(
  account: string,
  options: ImportOptions,
  open: () => Promise<MailSource>,
): Promise<void> {
  const wishes = wishesOf(options);
  await withConsole(options.settings, async (server) => {
    const known = await server.mailboxes({ account });
    if (!known.ok) throw new UsageError(known.error);
    const source = await open();
    try {
      const plan = planFolders(await source.folders(), known.value, wishes);
      if (plan.every(({ mailbox }) => mailbox === undefined))
        throw new UsageError(`nothing to bring: ${plan.length} folders, all left out`);
      if (options.dryRun === true) return printPlan(plan, source.unit, options);
      await bring(account, server, source, plan, options);
    } finally {
      await source.close();
    }
  });
}

async function bring(
  account: string,
  server: Console,
  source: MailSource,
  plan: readonly PlannedFolder[],
  { json }: ImportOptions,
): Promise<void> {
  const progress = createProgress();
  const startedAt = performance.now();
  const total = plan.reduce(
    (sum, { mailbox, folder }) => sum + (mailbox === undefined ? 0 : folder.total),
    0,
  );
  const outcomes: FolderOutcome[] = [];
  let done = 0;
  let brought = 0;
  const parts = {
    account,
    source,
    intake: server,
    plan,
    now: Date.now,
    onProgress(weight: number, { folder }: FolderOutcome) {
      done += weight;
      brought++;
      const rate = Math.round(brought / ((performance.now() - startedAt) / 1_000));
      progress.show(done, total, `${folder}: ${brought} messages, ${rate} a second`);
    },
  };
  try {
    for await (const outcome of importMail(parts)) outcomes.push(outcome);
    progress.clear();
  } catch (error) {
    progress.clear();
    if (outcomes.length > 0 && json !== true) process.stdout.write(outcomesText(outcomes));
    if (!(error instanceof ImportStopped)) throw error;
    throw new UsageError(
      `stopped: ${error.message}. What has arrived stays; the same command goes on from here`,
      EXIT_STOPPED,
    );
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  if (json === true)
    process.stdout.write(`${JSON.stringify({ seconds, folders: outcomes }, undefined, 2)}\n`);
  else process.stdout.write(`${outcomesText(outcomes)}${sumText(outcomes, seconds)}\n`);
}

function wishesOf({ into, map = [], only, exclude }: ImportOptions): FolderWishes {
  const pairs = map.map((text): [string, string] => {
    const at = text.indexOf("=");
    if (at < 1)
      throw new UsageError(`--map wants folder=mailbox, such as "Sent Items=Sent"; this is "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return { into, map: new Map(pairs), only, exclude };
}

function printPlan(plan: readonly PlannedFolder[], unit: MailSource["unit"], { json }: ImportOptions): void {
  if (json === true) {
    process.stdout.write(`${JSON.stringify(plan, undefined, 2)}\n`);
    return;
  }
  const columns = [
    { title: "FOLDER", text: ({ folder }: PlannedFolder) => folder.name },
    {
      title: unit === "bytes" ? "SIZE" : "MESSAGES",
      text: ({ folder }: PlannedFolder) =>
        unit === "bytes" ? formatSize(folder.total) : String(folder.total),
      right: true,
    },
    { title: "GOES INTO", text: ({ mailbox, why }: PlannedFolder) => mailbox ?? `nothing: ${why}` },
  ];
  process.stdout.write(printTable(plan, columns, styleFor(process.stdout, process.env), "no folders"));
}

function outcomesText(outcomes: readonly FolderOutcome[]): string {
  const count = (title: string, pick: (one: FolderOutcome) => number) => {
    return { title, text: (one: FolderOutcome) => String(pick(one)), right: true };
  };
  const columns = [
    { title: "FOLDER", text: (one: FolderOutcome) => one.folder },
    count("BROUGHT", (one) => one.stored),
    count("THERE BEFORE", (one) => one.again),
    count("UNREADABLE", (one) => one.unreadable),
    { title: "INTO", text: (one: FolderOutcome) => one.mailbox },
  ];
  const why = outcomes.flatMap((one) => one.why.map((text) => `  ${one.folder}: ${text}\n`));
  return printTable(outcomes, columns, styleFor(process.stdout, process.env)) + why.join("");
}

function sumText(outcomes: readonly FolderOutcome[], seconds: number): string {
  const sum = (pick: (one: FolderOutcome) => number): number =>
    outcomes.reduce((all, one) => all + pick(one), 0);
  const stored = sum((one) => one.stored);
  const rate = seconds < 1 ? "" : `, ${Math.round(stored / seconds)} a second`;
  return `${stored} messages (${formatSize(sum((one) => one.storedBytes))}) in ${seconds.toFixed(1)} s${rate}`;
}
