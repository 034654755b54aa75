/** `lab up`: brings a lab up, prints every door, and keeps it until Ctrl-C or `lab down`. A changed lab file is taken up. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { isFault } from "../../../base/fault.ts";
import { JOURNEYS_MAX } from "../../../journal/index/trace-index.ts";
import { LabFileError, startLab } from "../../../lab/open-lab.ts";
import type { Lab } from "../../../lab/lab.ts";
import { API_PORT, serveLab, type LabApi } from "../../../lab/api/serve-lab.ts";
import { hostViews } from "../../../lab/api/views.ts";
import {
  MAILHOG_PORT,
  MAILPIT_PORT,
  serveCompat,
  type CompatDoors,
  type CompatPorts,
} from "../../../lab/compat/serve-compat.ts";
import { createFileDesk, type FileDesk } from "../../../lab/runtime/file-desk.ts";
import { formatProblem } from "../../../settings/yaml-file.ts";
import { collectOnce } from "../../collect-once.ts";
import { readLabState, removeLabState, writeLabState } from "../../lab-state.ts";
import { printDoors } from "../../print-doors.ts";
import { styleFor } from "../../print/style.ts";
import { UsageError } from "../../usage-error.ts";
import { printJson } from "./options.ts";

/** A lab rests most of the time: a small young generation saves some 15 MB (package.json's `start` says the same). */
const SMALL_HEAP = ["--max-semi-space-size=1"];

type UpOptions = {
  detach?: true;
  json?: true;
  port: string;
  ports: "standard" | "dynamic";
  journeys: string;
  mailpitPort?: string;
  mailhogPort?: string;
};

const EXAMPLE_FILE = fileURLToPath(new URL("../../../../examples/nemesis.lab.yaml", import.meta.url));
const DEFAULT_FILE = "mail.lab.yaml";
/** An editor writes a file in several steps. */
const SETTLE_MS = 100;
const DETACH_MS = 10_000;
/** Limit: 2 GB of summaries. */
const JOURNEYS_MOST = 1_000_000;

export function addUp(lab: Command): void {
  lab
    .command("up")
    .description("bring a lab up and print its doors")
    .argument("[file]", `a lab file, or a scenario; ${DEFAULT_FILE} if it is here, else the example network`)
    .option("--detach", "in the background; end it with lab down")
    .option("--json", "print JSON")
    .option("--port <port>", "of the control API", String(API_PORT))
    .option("--ports <how>", "standard: 25 or 2525 and so on; dynamic: any that are free", "standard")
    .option(
      "--journeys <count>",
      "journeys kept in the list of traces; the oldest goes",
      String(JOURNEYS_MAX),
    )
    .option("--mailpit-port <port>", `of Mailpit's message API, or off (standard: ${MAILPIT_PORT})`)
    .option("--mailhog-port <port>", `of MailHog's message API, or off (standard: ${MAILHOG_PORT})`)
    .action(up);
}

async function up(given: string | undefined, options: UpOptions): Promise<void> {
  const running = readLabState();
  if (running !== undefined)
    throw new UsageError(
      `the lab "${running.name}" runs already (${running.url}): end it with "posthorn lab down"`,
    );
  const file = await chooseFile(given);
  const otherPorts = compatPorts(options);
  if (options.detach === true) return detach(file, options);
  const lab = await start(file, options);
  const desk = createFileDesk(lab, file, readFileSync(file, "utf8"));
  let api: LabApi | undefined;
  let compat: CompatDoors | undefined;
  const stop = async (): Promise<void> => {
    removeLabState(process.pid);
    await api?.close();
    await compat?.close();
    await lab.down();
    process.exit(0);
  };
  try {
    api = await serveLab(lab, Number(options.port), () => void stop(), desk);
    compat = await serveCompat(lab, otherPorts);
  } catch (error) {
    await api?.close();
    await lab.down();
    if (isFault(error)) throw new UsageError(error.message);
    throw error;
  }
  writeLabState({ url: api.url, pid: process.pid, name: lab.plan.name, source: resolve(file) });
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
  watchFile(desk);
  if (options.json === true)
    printJson({ name: lab.plan.name, api: api.url, compat: compat.doors, hosts: hostViews(lab) });
  else process.stdout.write(printDoors(lab, { url: api.url, compat }, styleFor(process.stdout, process.env)));
  collectOnce();
}

/** With --ports dynamic any free port, so that many labs run side by side. */
function compatPorts({ ports, mailpitPort, mailhogPort }: UpOptions): CompatPorts {
  const portOf = (given: string | undefined, option: string, standard: number): number | undefined => {
    if (given === "off") return undefined;
    if (given === undefined) return ports === "dynamic" ? 0 : standard;
    if (/^\d{1,5}$/.test(given) && Number(given) <= 65_535) return Number(given);
    throw new UsageError(`${option}: "${given}" is no port, and not off`);
  };
  return {
    mailpit: portOf(mailpitPort, "--mailpit-port", MAILPIT_PORT),
    mailhog: portOf(mailhogPort, "--mailhog-port", MAILHOG_PORT),
  };
}

async function chooseFile(given: string | undefined): Promise<string> {
  if (given === undefined) return existsSync(DEFAULT_FILE) ? DEFAULT_FILE : EXAMPLE_FILE;
  if (existsSync(given)) return given;
  // Loaded late: who brings a file up needs none of them.
  const { writeScenarioFile } = await import("../../../lab/scenarios/scenario-file.ts");
  const file = await writeScenarioFile(given);
  if (file === undefined) throw new UsageError(`there is no file ${given}, and no scenario of that name`);
  return file;
}

async function start(file: string, { ports, journeys }: UpOptions): Promise<Lab> {
  const journeysMax = Number(journeys);
  if (!Number.isSafeInteger(journeysMax) || journeysMax < 1 || journeysMax > JOURNEYS_MOST)
    throw new UsageError(`--journeys takes a number from 1 to ${JOURNEYS_MOST}, not "${journeys}"`);
  if (ports !== "standard" && ports !== "dynamic") throw new UsageError('--ports is "standard" or "dynamic"');
  try {
    return await startLab(file, { mode: "loopback", ports, journeysMax });
  } catch (error) {
    if (error instanceof LabFileError) throw new UsageError(error.problems.map(formatProblem).join("\n"));
    if (isFault(error)) throw new UsageError(error.message);
    throw error;
  }
}

function watchFile({ path, name, fileChanged }: FileDesk): void {
  let timer: NodeJS.Timeout | undefined;
  const reload = async (): Promise<void> => {
    const applied = await fileChanged();
    if (applied === undefined) return;
    if (!applied.ok) {
      for (const problem of applied.problems) console.error(formatProblem(problem));
      console.error("the lab goes on as it was");
      return;
    }
    const { restarted } = applied;
    console.log(`${name} taken up${restarted.length === 0 ? "" : `; changed: ${restarted.join(", ")}`}`);
  };
  // The folder, since editors put a new file in the place of the old one.
  const watcher = watch(dirname(path), (_, changed) => {
    if (changed !== name) return;
    clearTimeout(timer);
    timer = setTimeout(
      () => void reload().catch((error: unknown) => console.error(`not taken up: ${String(error)}`)),
      SETTLE_MS,
    );
  });
  watcher.unref();
}

/** Starts itself once more without a terminal, and waits until that one is up. */
async function detach(file: string, options: UpOptions): Promise<void> {
  const { port, ports, journeys, json, mailpitPort, mailhogPort } = options;
  const program = process.argv[1] ?? "";
  const more = [
    ...(mailpitPort === undefined ? [] : ["--mailpit-port", mailpitPort]),
    ...(mailhogPort === undefined ? [] : ["--mailhog-port", mailhogPort]),
  ];
  const child = spawn(
    process.execPath,
    [
      ...SMALL_HEAP,
      program,
      "lab",
      "up",
      file,
      "--port",
      port,
      "--ports",
      ports,
      "--journeys",
      journeys,
      ...more,
    ],
    {
      detached: true,
      stdio: "ignore",
    },
  );
  let isEnded = false;
  child.once("exit", () => {
    isEnded = true;
  });
  child.unref();
  const until = performance.now() + DETACH_MS;
  for (;;) {
    const state = readLabState();
    if (state !== undefined && state.pid === child.pid) {
      if (json === true) printJson(state);
      else
        console.log(
          `the lab "${state.name}" is up: ${state.url}\n"posthorn lab ls" shows its doors, "posthorn lab down" ends it`,
        );
      return;
    }
    if (isEnded || performance.now() > until)
      throw new UsageError('the lab did not come up; without --detach it says why: "posthorn lab up"');
    await new Promise((resolveWait) => setTimeout(resolveWait, SETTLE_MS));
  }
}
