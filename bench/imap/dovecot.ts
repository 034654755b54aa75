/**
 * A private Dovecot: Debian's program with its own settings, users and mail in a folder of ours, on ports of 127.0.0.1
 * of ours. It needs root (Dovecot drops its rights itself) and leaves any Dovecot of the machine alone. Its mail is as
 * durable as it is by default. One that will not start is an error with its own last words.
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const READY_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 10_000;
/** Whose files the mail is: any user that is not root. */
const MAIL_USER = "mail";

export type DovecotUser = {
  readonly name: string;
  readonly password: string;
  /** `maildir:~/Maildir`, `mdbox:~/mdbox`. */
  readonly location: string;
};

export type Dovecot = {
  readonly port: number;
  /** A Unix socket that speaks LMTP. */
  readonly lmtp: string;
  /** Its master and all it has started. */
  pids(): number[];
  stop(): Promise<void>;
};

export function hasDovecot(): boolean {
  return existsSync("/usr/sbin/dovecot") && existsSync("/usr/lib/dovecot/imap");
}

export function dovecotVersion(): string {
  try {
    return execFileSync("dovecot", ["--version"], { encoding: "utf8" }).split(" ")[0]?.trim() ?? "none";
  } catch {
    return "none";
  }
}

/** Room for a thousand connections of one user; everything else as Debian has it, but for TLS. */
function settings(folder: string, port: number): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
first_valid_uid = 1
mail_max_userip_connections = 10000
default_vsz_limit = 1G
default_client_limit = 12000
service imap-login {
  inet_listener imap { 
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
  service_count = 0
  process_min_avail = 1
}
service imap {
  process_limit = 2000
}
service lmtp {
  process_limit = 100
  unix_listener lmtp {
    mode = 0666
  }
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${folder}/users
}
userdb {
  driver = passwd-file
  args = ${folder}/users
}
protocol lmtp {
  postmaster_address = postmaster@bench.test
}
namespace inbox {
  inbox = yes
}
`;
}

export async function startDovecot(
  folder: string,
  port: number,
  users: readonly DovecotUser[],
): Promise<Dovecot> {
  const [uid, gid] = ["-u", "-g"].map((which) =>
    Number(execFileSync("id", [which, MAIL_USER], { encoding: "utf8" })),
  ) as [number, number];
  mkdirSync(join(folder, "home"), { recursive: true });
  for (const path of [folder, join(folder, "home")]) chmodSync(path, 0o755);
  const lines = users.map(({ name, password, location }) => {
    const home = join(folder, "home", name);
    mkdirSync(home);
    chownSync(home, uid, gid);
    return `${name}:${password}:${uid}:${gid}::${home}::userdb_mail=${location}`;
  });
  writeFileSync(join(folder, "users"), `${lines.join("\n")}\n`);
  const config = join(folder, "dovecot.conf");
  writeFileSync(config, settings(folder, port));
  const child = spawn("dovecot", ["-F", "-c", config], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes: Buffer) => (said += bytes.toString()));
  const log = (): string => {
    const file = join(folder, "dovecot.log");
    return existsSync(file) ? readFileSync(file, "utf8").slice(-4_000) : "";
  };
  const end = Date.now() + READY_WITHIN_MS;
  while (!(await listens(port))) {
    if (child.exitCode !== null || Date.now() > end)
      throw new Error(`dovecot does not start: ${said}\n${log()}`);
    await wait(50);
  }
  return {
    port,
    lmtp: join(folder, "run/lmtp"),
    pids: () => family(child.pid ?? 0),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
      await ended;
      clearTimeout(kill);
    },
  };
}

/** A process and its descendants. */
export function family(pid: number): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [pid];
  for (const parent of found) found.push(...pairs.filter(([, of]) => of === parent).map(([child]) => child));
  return found;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
