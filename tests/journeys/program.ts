/** Runs the program as a person would, for tests: its arguments, what is piped in, what it prints. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

export function posthorn(args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const program = spawn(process.execPath, ["bin/posthorn", ...args], {
    stdio: "pipe",
    env: { ...process.env, ...env },
  });
  let [out, err] = ["", ""];
  program.stdout.on("data", (text) => void (out += String(text)));
  program.stderr.on("data", (text) => void (err += String(text)));
  program.stdin.end(input);
  return new Promise((resolve) => program.on("close", (code) => resolve({ code, out, err })));
}

/** Starts `posthorn serve` and waits until it has printed all of `words`. */
export async function serve(file: string, ...words: readonly string[]): Promise<ChildProcess> {
  const program = spawn(process.execPath, ["bin/posthorn", "serve", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    let printed = "";
    program.stdout.on("data", (text) => {
      printed += String(text);
      if (words.every((word) => printed.includes(word))) resolve();
    });
    program.once("exit", (code) => reject(new Error(`serve ended with ${code}: ${printed}`)));
  });
  return program;
}

export function stopped(program: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const gone = new Promise((resolve) => program.once("exit", resolve));
  program.kill(signal);
  return gone;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
