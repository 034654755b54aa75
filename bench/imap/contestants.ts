/**
 * Who takes part in the IMAP bench: ours as `posthorn serve` runs it, and one Dovecot with a user for each of its
 * formats. Each has an account of the same mail, and four to deliver to. All lie on the same disk.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../load.ts";
import { greets, startPostfix } from "../postfix.ts";
import { startPosthorn, type Program } from "../posthorn.ts";
import type { Login } from "./client-jobs.ts";
import { startDovecot } from "./dovecot.ts";

export const OURS = "posthorn";
export const MAILDIR = "dovecot maildir";
export const MDBOX = "dovecot mdbox";
const DELIVERY_ACCOUNTS = 4;
/** Each has several programs, as people do. */
const IDLER_ACCOUNTS = 50;
const PASSWORD = "bench";
/** Limit: more than any row here opens. */
const CONNECTIONS_MAX = 5_000;

export type Contestant = {
  readonly name: string;
  /** The account of the large mailboxes. */
  readonly login: Login;
  /** The accounts that mail is delivered to; their names are addresses. */
  readonly targets: readonly Login[];
  /** The accounts of a thousand idle connections. */
  readonly idlers: readonly Login[];
  readonly smtpPort: number;
  /** The processes that serve its mailboxes. */
  pids(): number[];
};

export type Field = {
  readonly contestants: readonly Contestant[];
  /** Undefined when only the others take part. */
  readonly ours: Ours | undefined;
  stop(): Promise<void>;
};

export type Ours = Contestant & {
  /** Ends the server and starts it anew, on the same mail and ports. */
  restart(): Promise<void>;
};

/** Starts all of them. Dovecot gets its mail from a Postfix, over LMTP. */
export async function startField(folder: string, withOurs: boolean): Promise<Field> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopped of await Promise.allSettled(stops.map((one) => one())))
      if (stopped.status === "rejected") console.error(stopped.reason);
  };
  try {
    const ours = withOurs ? await startOurs(join(folder, "posthorn"), stops) : undefined;
    const theirs = await startTheirs(join(folder, "dovecot"), stops);
    return { contestants: ours === undefined ? theirs : [ours, ...theirs], ours, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Accounts = Pick<Contestant, "login" | "targets" | "idlers">;

function accountsOf(domain: string, port: number): Accounts {
  const login = (name: string): Login => ({ port, user: `${name}@${domain}`, password: PASSWORD });
  return {
    login: login("you"),
    targets: Array.from({ length: DELIVERY_ACCOUNTS }, (_, index) => login(`target${index}`)),
    idlers: Array.from({ length: IDLER_ACCOUNTS }, (_, index) => login(`idler${index}`)),
  };
}

function allOf({ login, targets, idlers }: Accounts): Login[] {
  return [login, ...targets, ...idlers];
}

/** `posthorn serve`, with the checks off that ask the DNS. */
async function startOurs(folder: string, stops: (() => Promise<void>)[]): Promise<Ours> {
  mkdirSync(folder, { recursive: true });
  const [smtpPort, port] = [await freePort(), await freePort()];
  const domain = "posthorn.test";
  const accounts = accountsOf(domain, port);
  const lines = allOf(accounts).map(({ user }) => `  ${user}: { password: ${PASSWORD} }\n`);
  const file = join(folder, "posthorn.yaml");
  writeFileSync(
    file,
    `hostname: posthorn.bench.test
data: ${join(folder, "data")}
listen:
  - "127.0.0.1:${smtpPort}"
  - { at: "127.0.0.1:${port}", service: imap }
authentication: { withoutTls: true }
domains: { ${domain}: local }
policies: { helo: "off", reverseDns: "off", senderDomain: "off" }
limits: { connections: ${CONNECTIONS_MAX}, connectionsPerClient: ${CONNECTIONS_MAX} }
accounts:
${lines.join("")}`,
  );
  let program = await serve(file, folder, smtpPort);
  stops.push(() => program.stop());
  return {
    name: OURS,
    ...accounts,
    smtpPort,
    pids: () => [program.pid],
    async restart() {
      await program.stop();
      program = await serve(file, folder, smtpPort);
    },
  };
}

async function serve(file: string, folder: string, smtpPort: number): Promise<Program> {
  const program = startPosthorn(["serve", file], folder);
  await Promise.race([greets("127.0.0.1", smtpPort), program.failed]).catch(async (error: Error) => {
    await program.stop();
    throw new Error(`${error.message}\nposthorn said: ${program.output()}`);
  });
  return program;
}

async function startTheirs(folder: string, stops: (() => Promise<void>)[]): Promise<Contestant[]> {
  const port = await freePort();
  const formats = [
    { name: MAILDIR, domain: "maildir.test", location: "maildir:~/Maildir" },
    { name: MDBOX, domain: "mdbox.test", location: "mdbox:~/mdbox" },
  ];
  const entries = formats.map((format) => ({
    ...format,
    accounts: accountsOf(format.domain, port),
  }));
  const users = entries.flatMap(({ accounts, location }) =>
    allOf(accounts).map(({ user, password }) => ({ name: user, password, location })),
  );
  const dovecot = await startDovecot(folder, port, users);
  stops.unshift(() => dovecot.stop());
  const smtpPort = await freePort();
  const postfix = await startPostfix({
    folder: `${folder}-postfix`,
    address: "127.0.0.1",
    port: smtpPort,
    settings: {
      myhostname: "postfix.bench.test",
      virtual_mailbox_domains: formats.map(({ domain }) => domain).join(" "),
      virtual_mailbox_maps: "",
      virtual_transport: `lmtp:unix:${dovecot.lmtp}`,
      smtpd_peername_lookup: "no",
      smtpd_tls_security_level: "none",
      lmtp_dns_support_level: "disabled",
      in_flow_delay: "0",
      default_process_limit: "200",
      initial_destination_concurrency: "20",
    },
  });
  stops.unshift(() => postfix.stop());
  return entries.map(({ name, accounts }) => {
    return { name, ...accounts, smtpPort, pids: () => dovecot.pids() };
  });
}
