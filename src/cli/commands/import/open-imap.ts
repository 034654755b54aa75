/** Connects to another IMAP server as a source. Throws UsageError for what the person can mend, else a Fault. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isFault } from "../../../base/fault.ts";
import type { TlsClientOptions } from "../../../base/tls.ts";
import { createRealClock } from "../../../engine/clock/real-clock.ts";
import { createSecureRandom } from "../../../engine/random/secure-random.ts";
import { createSocketNetwork } from "../../../engine/sockets/socket-network.ts";
import { imapSource } from "../../../import/imap-source.ts";
import type { MailSource } from "../../../import/source.ts";
import { ImapClient } from "../../../server/outbound/imap/imap-client.ts";
import { parseEndpoint } from "../../../settings/units.ts";
import { UsageError } from "../../usage-error.ts";

export type ImapPlace = {
  /** `mail.old.example`, or with a port. */
  readonly server: string;
  readonly user: string;
  readonly tls: "implicit" | "starttls" | "off";
  readonly insecure?: true;
};

const PORTS = { implicit: 993, starttls: 143, off: 143 } as const;
const TIMEOUT_MS = 30_000;

export async function openImap(
  { server, user, tls, insecure }: ImapPlace,
  password: string,
): Promise<MailSource> {
  const endpoint = parseEndpoint(server, PORTS[tls]);
  if (endpoint === undefined)
    throw new UsageError(`"${server}" is not a server: write "mail.old.example" or "mail.old.example:1993"`);
  const options: TlsClientOptions = {
    role: "client",
    serverName: endpoint.address,
    verify: insecure === true ? "none" : "system",
    timeoutMs: TIMEOUT_MS,
  };
  const world = { clock: createRealClock(), random: createSecureRandom(), network: createSocketNetwork() };
  const at = { address: await addressOf(endpoint.address), port: endpoint.port };
  let client: ImapClient;
  try {
    client = await ImapClient.connect(world, {
      endpoint: at,
      implicitTls: tls === "implicit" ? options : undefined,
    });
    if (tls === "starttls") {
      const answer = await client.startTls(options);
      if (answer.status !== "OK") throw new UsageError(`${server} refused STARTTLS: ${answer.text}`);
    }
  } catch (error) {
    if (isFault(error, "tls"))
      throw new UsageError(`${server}: ${error.message}. --insecure takes any certificate`, 1);
    throw error;
  }
  const answer = await client.login(user, password);
  if (answer.status === "OK")
    return imapSource(client, `imap://${user.toLowerCase()}@${endpoint.address.toLowerCase()}`);
  client.destroy();
  throw new UsageError(`${server} did not take the login of ${user}: ${answer.text}`, 1);
}

async function addressOf(name: string): Promise<string> {
  if (isIP(name) !== 0) return name;
  try {
    return (await lookup(name)).address;
  } catch {
    throw new UsageError(`there is no host ${name}`, 1);
  }
}
