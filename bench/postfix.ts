/**
 * A private Postfix: Debian's program with its own settings, queue and data in a folder of ours, on an address and
 * port of ours. It needs root (Postfix drops its rights itself) and leaves any Postfix of the machine alone; what it
 * started it ends by `postfix -c FOLDER stop`. A Postfix that will not start is an error with its own last words.
 */
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

const READY_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 20_000;

export type PostfixOptions = {
  /** Its own: made, and left for the caller to remove. Everybody must be able to enter the folders above it. */
  readonly folder: string;
  /** Where its queue lies, when not in `folder`: a folder on another file system. */
  readonly queueFolder?: string;
  readonly address: string;
  readonly port: number;
  /** Lines of main.cf, on top of what every instance here has; a later one wins. */
  readonly settings: Readonly<Record<string, string>>;
  /** What precedes each command: `unshare -m …` for a Postfix with a resolver of its own. */
  readonly wrapper?: readonly string[];
};

export type Postfix = {
  readonly address: string;
  readonly port: number;
  /** The process id of its master. */
  pid(): number;
  /** Throws away all queued mail. */
  empty(): Promise<void>;
  /** `queue id` lines of its queue, as `postqueue -p` has them. */
  queue(): Promise<string>;
  /** Tries all queued mail now. */
  flush(): Promise<void>;
  log(): string;
  stop(): Promise<void>;
};

/** True when Debian's Postfix is on this machine. */
export function hasPostfix(): boolean {
  return existsSync("/usr/sbin/postfix") && existsSync("/usr/sbin/smtp-source");
}

/** What every instance here has: no name service switch, no alias, no chroot, one address, a log of its own. */
function baseSettings(options: PostfixOptions, queueFolder: string): Record<string, string> {
  return {
    compatibility_level: "3.6",
    queue_directory: queueFolder,
    data_directory: join(options.folder, "data"),
    maillog_file: join(options.folder, "mail.log"),
    maillog_file_prefixes: options.folder,
    // Only addresses that an interface lists are taken here; 127.66.0.61 works, but is on no list.
    inet_interfaces: "127.0.0.1",
    proxy_interfaces: options.address,
    inet_protocols: "ipv4",
    alias_maps: "",
    alias_database: "",
    local_recipient_maps: "",
    mydestination: "",
    mynetworks: "127.0.0.0/8",
    mailbox_size_limit: "0",
    message_size_limit: String(50 * 1024 ** 2),
  };
}

/** master.cf: Debian's services, none in a chroot; the door stands on our address and port alone. */
function masterFile(address: string, port: number): string {
  const services = [
    [`${address}:${port}`, "inet", "n", "-", "n", "-", "-", "smtpd"],
    ["pickup", "unix", "n", "-", "n", "60", "1", "pickup"],
    ["cleanup", "unix", "n", "-", "n", "-", "0", "cleanup"],
    ["qmgr", "unix", "n", "-", "n", "300", "1", "qmgr"],
    ["tlsmgr", "unix", "-", "-", "n", "1000?", "1", "tlsmgr"],
    ["rewrite", "unix", "-", "-", "n", "-", "-", "trivial-rewrite"],
    ["bounce", "unix", "-", "-", "n", "-", "0", "bounce"],
    ["defer", "unix", "-", "-", "n", "-", "0", "bounce"],
    ["trace", "unix", "-", "-", "n", "-", "0", "bounce"],
    ["verify", "unix", "-", "-", "n", "-", "1", "verify"],
    ["flush", "unix", "n", "-", "n", "1000?", "0", "flush"],
    ["proxymap", "unix", "-", "-", "n", "-", "-", "proxymap"],
    ["smtp", "unix", "-", "-", "n", "-", "-", "smtp"],
    ["lmtp", "unix", "-", "-", "n", "-", "-", "lmtp"],
    ["relay", "unix", "-", "-", "n", "-", "-", "smtp"],
    ["showq", "unix", "n", "-", "n", "-", "-", "showq"],
    ["error", "unix", "-", "-", "n", "-", "-", "error"],
    ["retry", "unix", "-", "-", "n", "-", "-", "error"],
    ["discard", "unix", "-", "-", "n", "-", "-", "discard"],
    ["anvil", "unix", "-", "-", "n", "-", "1", "anvil"],
    ["scache", "unix", "-", "-", "n", "-", "1", "scache"],
    ["postlog", "unix-dgram", "n", "-", "n", "-", "1", "postlogd"],
  ];
  return `${services.map((service) => service.join(" ")).join("\n")}\n`;
}

/** Starts one and answers when it greets. */
export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const { folder, address, port } = options;
  const queueFolder = options.queueFolder ?? join(folder, "queue");
  const configFolder = join(folder, "etc");
  const logFile = join(folder, "mail.log");
  for (const path of [folder, configFolder, queueFolder, join(folder, "data")]) {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    chmodSync(path, 0o755);
  }
  chownSync(join(folder, "data"), userId("postfix"), -1);
  const settings = { ...baseSettings(options, queueFolder), ...options.settings };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(join(configFolder, "main.cf"), `${lines.join("\n")}\n`);
  writeFileSync(join(configFolder, "master.cf"), masterFile(address, port));

  const [program = "postfix", ...before] = [...(options.wrapper ?? []), "postfix"];
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, "utf8") : "");
  const control = async (...words: string[]): Promise<void> => {
    await run(program, [...before, "-c", configFolder, ...words], { timeout: STOP_WITHIN_MS });
  };
  await control("start").catch((error: Error) => {
    throw new Error(`postfix does not start: ${error.message}\n${log()}`);
  });
  const pid = (): number => Number(readFileSync(join(queueFolder, "pid/master.pid"), "utf8").trim());
  await greets(address, port).catch(async (error: Error) => {
    await control("stop").catch(() => undefined);
    throw new Error(`${error.message}\n${log()}`);
  });

  return {
    address,
    port,
    pid,
    log,
    async empty() {
      await run("postsuper", ["-c", configFolder, "-d", "ALL"]);
    },
    async queue() {
      return (await run("postqueue", ["-c", configFolder, "-p"])).stdout;
    },
    async flush() {
      await run("postqueue", ["-c", configFolder, "-f"]);
    },
    async stop() {
      const master = pid();
      await control("stop");
      const end = Date.now() + STOP_WITHIN_MS;
      while (existsSync(`/proc/${master}`) && Date.now() < end) await wait(50);
    },
  };
}

function userId(name: string): number {
  return Number(execFileSync("id", ["-u", name], { encoding: "utf8" }).trim());
}

/** Waits until a mail server greets there. */
export async function greets(address: string, port: number, withinMs = READY_WITHIN_MS): Promise<void> {
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    if (await greetsNow(address, port)) return;
    await wait(50);
  }
  throw new Error(`nobody greets at ${address}:${port} within ${withinMs} ms`);
}

function greetsNow(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const done = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.once("error", () => done(false));
    socket.once("close", () => done(false));
    socket.once("data", (bytes) => {
      if (!bytes.toString("latin1").startsWith("220")) return done(false);
      // A client that leaves without QUIT would count against it.
      socket.end("QUIT\r\n");
      done(true);
    });
  });
}
