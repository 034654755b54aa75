/**
 * Our side of a bench: `posthorn serve` as any user runs it, a process of its own with a settings file, its queue and
 * its recorder. It ends by SIGTERM, and is killed only when it will not end.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { greets } from "./postfix.ts";

export const POSTHORN = fileURLToPath(new URL("../bin/posthorn", import.meta.url));

const STOP_WITHIN_MS = 15_000;

export type Program = {
  readonly pid: number;
  /** Rejects when it ends before it is told to. */
  readonly failed: Promise<never>;
  /** What it has printed on both outputs. */
  output(): string;
  stop(): Promise<void>;
};

/** Starts `posthorn WORDS…`. */
export function startPosthorn(words: readonly string[], folder: string): Program {
  // As `npm start` has it.
  const flags = words[0] === "lab" ? ["--max-semi-space-size=1"] : [];
  const child = spawn(process.execPath, [...flags, POSTHORN, ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes: Buffer) => (output = (output + bytes.toString()).slice(-64 * 1024)));
  if (child.pid === undefined) throw new Error(`posthorn ${words.join(" ")} does not start`);
  const failed = new Promise<never>((_, reject) =>
    child.once("close", (code) => reject(new Error(`posthorn ${words.join(" ")} ended with ${code}`))),
  );
  // It ends in every run; whoever awaits this hears of it, nobody else.
  failed.catch(() => undefined);
  return { pid: child.pid, failed, output: () => output, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  await ended;
  clearTimeout(kill);
}

export type Serving = Program & { readonly address: string; readonly port: number };

/**
 * A relay with durable queue and recorder, whose next hop for everything is 127.0.0.1:`nextHop`. The policies that ask
 * the DNS are off, as they are in the Postfix beside it.
 */
export async function servePosthorn(
  folder: string,
  port: number,
  nextHop: number,
  destinations: number,
): Promise<Serving> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "posthorn.yaml");
  writeFileSync(
    file,
    `hostname: posthorn.bench.test
data: ${join(folder, "data")}
listen: ["127.0.0.1:${port}"]
relayFrom: ["127.0.0.0/8"]
connectors: [{ to: "*", via: "127.0.0.1:${nextHop}" }]
policies: { helo: "off", reverseDns: "off", senderDomain: "off" }
queue: { perDestination: ${destinations} }
`,
  );
  const program = startPosthorn(["serve", file], folder);
  await Promise.race([greets("127.0.0.1", port), program.failed]).catch(async (error: Error) => {
    await program.stop();
    throw new Error(`${error.message}\nposthorn said: ${program.output()}`);
  });
  return { ...program, address: "127.0.0.1", port };
}

/** Clock ticks (1/100 s) of processor time a process has used, itself and its ended children. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** Waits until the process rests, so that it takes nothing from whoever is measured next. Limit: 5 s. */
export async function rests(pid: number): Promise<void> {
  for (let round = 0; round < 25; round++) {
    const before = ticks(pid);
    await wait(200);
    if (ticks(pid) - before <= 1) return;
  }
}
