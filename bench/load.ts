/**
 * The load and the far end of every SMTP bench: Postfix's own smtp-source and smtp-sink, and a next hop that never
 * answers. Nothing here measures with a program of ours. A load that loses a message is an error, never a result.
 */
import { spawn } from "node:child_process";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

export type Load = {
  readonly address: string;
  readonly port: number;
  readonly messages: number;
  readonly sessions: number;
  /** Of the body; smtp-source adds some 200 bytes of header. */
  readonly sizeBytes: number;
  /** One connection a session, or a new one for each message. */
  readonly reuse: boolean;
  readonly recipient?: string;
};

/** Limit: a load that takes longer than this has met a server that is stuck. */
const LOAD_WITHIN_MS = 180_000;

/** Runs smtp-source to its end; seconds on the wall clock, from before the first connect to after the last 250. */
export async function runLoad(load: Load): Promise<number> {
  const words = [
    ...(load.reuse ? ["-d"] : []),
    `-s${load.sessions}`,
    `-m${load.messages}`,
    `-l${load.sizeBytes}`,
    "-fload@source.test",
    `-t${load.recipient ?? "bench@sink.test"}`,
    `inet:${load.address}:${load.port}`,
  ];
  const start = performance.now();
  const child = spawn("smtp-source", words, { stdio: ["ignore", "ignore", "pipe"], timeout: LOAD_WITHIN_MS });
  let complaint = "";
  child.stderr.on("data", (bytes: Buffer) => (complaint += bytes.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0)
    throw new Error(`smtp-source ${words.join(" ")} ended with ${code}: ${complaint.slice(0, 2_000)}`);
  return seconds;
}

export type Sink = {
  readonly port: number;
  /** Messages it has taken so far. */
  received(): number;
  /** Answers when it has taken `messages` in all. */
  until(messages: number, withinMs?: number): Promise<void>;
  stop(): Promise<void>;
};

/** smtp-sink, which takes everything and keeps nothing; its running counter tells when the last message is there. */
export async function startSink(port: number): Promise<Sink> {
  const child = spawn("smtp-sink", ["-u", "nobody", "-c", `127.0.0.1:${port}`, "1000"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let count = 0;
  let complaint = "";
  let wake: () => void = () => undefined;
  child.stdout.on("data", (bytes: Buffer) => {
    const found = [...bytes.toString("latin1").matchAll(/mesg=(\d+)/g)].at(-1);
    if (found === undefined) return;
    count = Number(found[1]);
    wake();
  });
  child.stderr.on("data", (bytes: Buffer) => (complaint += bytes.toString()));
  await wait(200);
  if (child.exitCode !== null) throw new Error(`smtp-sink does not start: ${complaint}`);
  return {
    port,
    received: () => count,
    async until(messages, withinMs = LOAD_WITHIN_MS) {
      const end = Date.now() + withinMs;
      for (;;) {
        if (count >= messages) return;
        const left = end - Date.now();
        if (left <= 0 || child.exitCode !== null)
          throw new Error(`the sink has ${count} of ${messages} messages after ${withinMs} ms ${complaint}`);
        const counted = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([counted, wait(Math.min(left, 250))]);
      }
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

export type Silence = { readonly port: number; stop(): Promise<void> };

/** A next hop that takes connections and never greets: what is queued for it stays queued, and costs nothing. */
export async function startSilence(): Promise<Silence> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A free port of 127.0.0.1, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
