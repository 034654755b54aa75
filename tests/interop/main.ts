/**
 * `npm run interop`: real programs of others against a running lab. Installs Debian's packages when they are missing,
 * prints `ok` or `not ok` for each check and closes with `N passed, N failed`; exits 1 when anything failed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { byHandChecks } from "./by-hand.ts";
import { clientChecks } from "./clients.ts";
import { curlChecks } from "./curl.ts";
import { startInteropLab, type Check, type InteropLab } from "./harness.ts";
import { mailboxChecks } from "./mailboxes/checks.ts";
import { joinPostfix, postfixChecks } from "./postfix.ts";
import { swaksChecks } from "./swaks.ts";

/** A program each package brings. */
const PACKAGES: Readonly<Record<string, string>> = {
  swaks: "swaks",
  curl: "curl",
  msmtp: "msmtp",
  "bind9-dnsutils": "dig",
  "inetutils-telnet": "telnet",
  python3: "python3",
  postfix: "postfix",
  isync: "mbsync",
  offlineimap3: "offlineimap",
  neomutt: "neomutt",
  fetchmail: "fetchmail",
  getmail6: "getmail",
  gsasl: "gsasl",
  "dovecot-imapd": "imap",
  "dovecot-lmtpd": "lmtp",
  openssl: "openssl",
};

/** A Perl module each package brings: swaks needs it for TLS. */
const PERL_PACKAGES: Readonly<Record<string, string>> = { "libnet-ssleay-perl": "Net::SSLeay" };

/** A network of checks: the lab file, its doors, and what joins it. */
type Group = {
  readonly lab: string;
  readonly doors: readonly string[];
  readonly checks: readonly Check[];
  join?(lab: InteropLab): Promise<{ stop(): Promise<void> }>;
};

const GROUPS: readonly Group[] = [
  {
    lab: "./network.lab.yaml",
    doors: ["127.66.0.11", "127.66.0.21", "127.66.0.31", "127.66.0.41"],
    checks: [...swaksChecks, ...clientChecks, ...byHandChecks],
  },
  {
    lab: "./postfix.lab.yaml",
    doors: ["127.66.0.11", "127.66.0.31"],
    checks: postfixChecks,
    join: joinPostfix,
  },
  { lab: "../../examples/nemesis.lab.yaml", doors: ["127.66.0.11", "127.66.0.31"], checks: curlChecks },
  { lab: "./mailboxes.lab.yaml", doors: ["127.66.0.11"], checks: mailboxChecks },
];

function installMissing(): void {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin", "/usr/lib/dovecot"];
  const missing = Object.entries(PACKAGES).flatMap(([name, program]) =>
    folders.some((folder) => existsSync(`${folder}/${program}`)) ? [] : [name],
  );
  for (const [name, module] of Object.entries(PERL_PACKAGES)) {
    if (spawnSync("perl", [`-M${module}`, "-e1"]).status !== 0) missing.push(name);
  }
  if (missing.length === 0) return;
  console.error(`installing ${missing.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["update", "-qq"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const words = ["install", "-y", "-qq", "--no-install-recommends", ...missing];
  withoutServices(() => execFileSync("apt-get", words, { env, stdio: ["ignore", "ignore", "inherit"] }));
}

/** Debian starts what it installs, on every address: the checks start their own, on theirs (invoke-rc.d(8)). */
function withoutServices(install: () => void): void {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return install();
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policy, { force: true });
  }
}

let passed = 0;
let failed = 0;

function failure(name: string, error: unknown): void {
  failed++;
  const text = error instanceof Error ? error.message : String(error);
  console.log(`not ok ${name}\n${text.replaceAll(/^/gm, "    ")}`);
}

/** A group whose lab or guest does not start fails each of its checks: none is silently left out. */
async function runGroup(group: Group): Promise<void> {
  let lab: InteropLab | undefined;
  let guest: { stop(): Promise<void> } | undefined;
  try {
    lab = await startInteropLab(group.lab, group.doors);
    guest = await group.join?.(lab);
    for (const check of group.checks) {
      const start = performance.now();
      try {
        await check.run(lab);
        passed++;
        console.log(`ok ${check.name} (${((performance.now() - start) / 1_000).toFixed(1)} s)`);
      } catch (error) {
        failure(check.name, error);
      }
    }
  } catch (error) {
    for (const check of group.checks) failure(check.name, error);
  } finally {
    await guest?.stop().catch((error: unknown) => failure("the guest ends when told to", error));
    await lab?.stop().catch((error: unknown) => failure("the lab ends when told to", error));
  }
}

installMissing();
const only = process.argv[2];
for (const group of GROUPS.filter(({ lab }) => only === undefined || lab.includes(only)))
  await runGroup(group);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
