/** The parent's end of the IMAP client's process: a job in, an answer out. A client that dies fails its job. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Envelope, Job } from "./client-jobs.ts";

/** Limit: no job here takes longer against a server that is alive. */
const JOB_WITHIN_MS = 300_000;

export type LoadClient = {
  ask(job: Job): Promise<Answer>;
  stop(): Promise<void>;
};

export function startLoadClient(): LoadClient {
  const child = fork(fileURLToPath(new URL("client.ts", import.meta.url)), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let last = 0;
  child.on("message", (message) => {
    const envelope = message as Envelope<Answer>;
    const job = waiting.get(envelope.id);
    waiting.delete(envelope.id);
    if ("error" in envelope) job?.reject(new Error(envelope.error));
    else job?.resolve(envelope.value);
  });
  child.once("close", (code) => {
    for (const job of waiting.values()) job.reject(new Error(`the IMAP client ended with ${code}`));
  });
  return {
    ask(job) {
      const id = ++last;
      return new Promise<Answer>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`no answer to ${job.kind} within ${JOB_WITHIN_MS} ms`)),
          JOB_WITHIN_MS,
        );
        const settle = (): void => {
          clearTimeout(late);
          waiting.delete(id);
        };
        waiting.set(id, {
          resolve: (answer) => (settle(), resolve(answer)),
          reject: (error) => (settle(), reject(error)),
        });
        child.send({ id, value: job });
      });
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}
