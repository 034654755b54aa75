/**
 * `startLab`: from a lab file, a value or a plan to a running lab, over loopback sockets or in memory. What is needed
 * for only one of the two is loaded only for it.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Files } from "../base/files.ts";
import type { Endpoint } from "../base/network.ts";
import { createJournal } from "../journal/journal.ts";
import { formatProblem, type SettingsProblem } from "../settings/yaml-file.ts";
import type { LabFileInput } from "./file/lab-file.ts";
import type { LabPlan } from "./file/plan.ts";
import { readLabFile, readLabObject } from "./file/read-lab-file.ts";
import type { Lab, LabEnvironment, LabMode } from "./lab.ts";
import { createLabFaults } from "./runtime/lab-faults.ts";
import { buildLab } from "./start-lab.ts";
import { createMemoryFiles } from "./world/memory-files.ts";

export type StartLabOptions = {
  /** loopback: real sockets on 127.66.x.y that any program can use. simulated: in memory, deterministic. */
  readonly mode?: LabMode | undefined;
  /** loopback: standard ports (25 or 2525…), or any free ones, so that many labs run side by side. */
  readonly ports?: "standard" | "dynamic" | undefined;
  /** In place of the file's. */
  readonly seed?: number | undefined;
  /** Journeys kept for the list, some 2 kB each; the oldest goes. 20,000 when absent. */
  readonly journeysMax?: number | undefined;
  /** simulated: what webhooks answer. */
  readonly post?: Parameters<typeof buildLab>[0]["post"] | undefined;
  /** simulated: what is used in place of a disk of its own. */
  readonly files?: Files | undefined;
};

/** The lab file, or the value given for one, is wrong: `problems` says where. */
export class LabFileError extends Error {
  override readonly name = "LabFileError";
  readonly problems: readonly SettingsProblem[];
  constructor(problems: readonly SettingsProblem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.problems = problems;
  }
}

/** Rejects with LabFileError, or with a Fault when a port is taken. */
export async function startLab(source: string | LabFileInput, options: StartLabOptions = {}): Promise<Lab> {
  const folder = typeof source === "string" ? dirname(resolve(source)) : process.cwd();
  const read =
    typeof source === "string" ? readLabFile(await readFile(source, "utf8"), source) : readLabObject(source);
  if (!read.ok) throw new LabFileError(read.error);
  const plan = options.seed === undefined ? read.value : { ...read.value, seed: options.seed };
  return options.mode === "simulated"
    ? startSimulated(plan, options)
    : startOnLoopback(plan, folder, options);
}

export async function startSimulated(
  plan: LabPlan,
  { post, files, journeysMax }: StartLabOptions = {},
): Promise<Lab> {
  const { createSimulatedEnvironment } = await import("./runtime/simulated-environment.ts");
  const environment = createSimulatedEnvironment(plan);
  return assemble(plan, environment, {
    files: files ?? createMemoryFiles(),
    post: post ?? (() => Promise.resolve({ status: 200, body: "" })),
    folder: "/lab",
    data: undefined,
    systemNameServers: [],
    cleanUp: () => Promise.resolve(),
    journeysMax,
  });
}

async function startOnLoopback(plan: LabPlan, folder: string, options: StartLabOptions): Promise<Lab> {
  const [{ createLoopbackEnvironment }, { createDiskFiles }, { postOverFetch }] = await Promise.all([
    import("./runtime/loopback-environment.ts"),
    import("../engine/files/disk-files.ts"),
    import("../engine/http/post.ts"),
  ]);
  const systemNameServers = plan.hosts.some(({ forward }) => forward === "system") ? readNameServers() : [];
  const environment = await createLoopbackEnvironment(plan, {
    ports: options.ports ?? "standard",
    systemNameServers,
  });
  const data = await mkdtemp(join(tmpdir(), "posthorn-lab-"));
  return assemble(plan, environment, {
    files: createDiskFiles(),
    post: options.post ?? postOverFetch,
    folder,
    data,
    systemNameServers,
    cleanUp: () => rm(data, { recursive: true, force: true }),
    journeysMax: options.journeysMax,
  });
}

type Surroundings = Pick<
  Parameters<typeof buildLab>[0],
  "files" | "post" | "folder" | "data" | "systemNameServers" | "cleanUp" | "journeysMax"
>;

function assemble(plan: LabPlan, environment: LabEnvironment, surroundings: Surroundings): Promise<Lab> {
  const journal = createJournal(environment.time);
  const faults = createLabFaults(plan, environment, journal);
  return buildLab({ ...surroundings, plan, environment, journal, faults, zones: () => plan.zones });
}

const DNS_PORT = 53;

function readNameServers(): Endpoint[] {
  let text = "";
  try {
    text = readFileSync("/etc/resolv.conf", "utf8");
  } catch {
    return [];
  }
  return [...text.matchAll(/^\s*nameserver\s+([0-9a-fA-F.:]+)\s*$/gm)].map(([, address = ""]) => ({
    address,
    port: DNS_PORT,
  }));
}
