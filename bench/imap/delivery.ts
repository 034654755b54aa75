/**
 * Into mailboxes, end to end: smtp-source sends to four accounts at once, and the clock stops when IMAP shows the last
 * message. Ours takes it at its own door; Dovecot gets it from Postfix by LMTP.
 */
import { execFileSync } from "node:child_process";
import { runLoad } from "../load.ts";
import type { Contestant } from "./contestants.ts";
import type { LoadClient } from "./load-client.ts";

const SESSIONS_A_TARGET = 5;
const SIZE_BYTES = 10 * 1024;
const SHOWN_WITHIN_MS = 120_000;

/** Messages a second of one load of so many messages. */
export async function deliver(
  client: LoadClient,
  { targets, smtpPort }: Contestant,
  messages: number,
): Promise<number> {
  execFileSync("sync");
  const names = targets.map(({ user }) => user);
  for (const login of targets) await client.ask({ kind: "connect", connection: login.user, ...login });
  const held = await shown(client, names);
  const each = Math.ceil(messages / names.length);
  const load = { address: "127.0.0.1", port: smtpPort, messages: each, sizeBytes: SIZE_BYTES };
  const start = performance.now();
  const loads = names.map((recipient) =>
    runLoad({ ...load, sessions: SESSIONS_A_TARGET, reuse: true, recipient }),
  );
  await Promise.all(loads);
  await client.ask({
    kind: "until",
    connections: names,
    messages: held + each * names.length,
    withinMs: SHOWN_WITHIN_MS,
  });
  const seconds = (performance.now() - start) / 1000;
  for (const connection of names) await client.ask({ kind: "close", connection });
  return (each * names.length) / seconds;
}

/** How many they hold now, as IMAP has it. */
async function shown(client: LoadClient, connections: readonly string[]): Promise<number> {
  let sum = 0;
  for (const connection of connections) {
    const command = "STATUS INBOX (MESSAGES)";
    const { text = "" } = await client.ask({ kind: "say", connection, command, keep: true });
    sum += Number(/MESSAGES (\d+)/.exec(text)?.[1]);
  }
  return sum;
}
