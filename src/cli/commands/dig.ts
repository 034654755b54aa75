/**
 * `posthorn dig`: asks a name server and prints what dig prints, with an explanation below. Without `@SERVER` it asks
 * the running lab's DNS, else the machine's own.
 */
import { getServers, lookup } from "node:dns";
import { isIP } from "node:net";
import { promisify } from "node:util";
import type { Command } from "commander";
import type { Endpoint } from "../../base/network.ts";
import { createRealClock } from "../../engine/clock/real-clock.ts";
import { createSecureRandom } from "../../engine/random/secure-random.ts";
import { createSocketNetwork } from "../../engine/sockets/socket-network.ts";
import type { HostView } from "../../lab/api/views.ts";
import { explainReply } from "../../protocol/dns/dig-explain.ts";
import { formatDig, formatDigShort, parseDigArguments, type DigRequest } from "../../protocol/dns/dig.ts";
import { queryOnce, type QueryResult } from "../../server/resolver/query-once.ts";
import { labClient } from "../lab-client.ts";
import { readLabState } from "../lab-state.ts";
import { styleFor } from "../print/style.ts";
import { UsageError } from "../usage-error.ts";

const DNS_PORT = 53;
const TIMEOUT_MS = 5_000;
const EXIT_NO_ANSWER = 1;

const EXAMPLES = `
Examples:
  posthorn dig nemesis.test MX               the running lab's DNS, else the machine's
  posthorn dig nemesis.test MX @127.0.0.1 -p 5300
  posthorn dig -x 10.66.0.11 +short
  posthorn dig arch.test TXT +tcp --quiet    without the explanation`;

export function addDig(program: Command): void {
  program
    .command("dig")
    .description("ask a name server: NAME [TYPE] [@SERVER] [-p PORT] [-x ADDRESS] [+short] [+tcp]")
    .argument("[words...]", "as dig takes them")
    .option("--json", "print the answer as JSON")
    .option("--quiet", "no explanation")
    .allowUnknownOption()
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], options: { json?: true; quiet?: true }) => {
      const parsed = parseDigArguments(words);
      if (!parsed.ok) throw new UsageError(parsed.error);
      await dig(words, parsed.value, options);
    });
}

async function dig(
  words: string[],
  request: DigRequest,
  options: { json?: true; quiet?: true },
): Promise<void> {
  const server = await serverOf(request);
  const result = await ask(server, request);
  if (!result.ok)
    throw new UsageError(
      `no answer from ${server.address}#${server.port}: ${result.error.detail}`,
      EXIT_NO_ANSWER,
    );
  const { message, sizeBytes, durationMs, transport } = result.value;
  if (options.json === true)
    console.log(JSON.stringify({ server, transport, durationMs, sizeBytes, message }));
  else if (request.short) process.stdout.write(formatDigShort(message));
  else {
    const nowMs = Date.now();
    const facts = { args: words, server, transport, durationMs, sizeBytes, nowMs, version: "posthorn" };
    process.stdout.write(formatDig(message, facts));
    const { dim } = styleFor(process.stdout, process.env);
    if (options.quiet !== true) for (const line of explainReply(message)) console.log(dim(`; ${line}`));
  }
}

/** Over UDP, and again over TCP when the answer was cut (RFC 7766 §5). */
async function ask(server: Endpoint, { name, type, tcp }: DigRequest): Promise<QueryResult> {
  const world = { clock: createRealClock(), random: createSecureRandom(), network: createSocketNetwork() };
  const query = { world, server, question: { name, type, class: "IN" as const }, timeoutMs: TIMEOUT_MS };
  const first = await queryOnce({ ...query, tcp });
  return first.ok && first.value.message.truncated && !tcp ? queryOnce({ ...query, tcp: true }) : first;
}

async function serverOf({ server, port }: DigRequest): Promise<Endpoint> {
  if (server === undefined) {
    const own = (await labServer()) ?? systemServer();
    return { address: own.address, port: port ?? own.port };
  }
  if (isIP(server) !== 0) return { address: server, port: port ?? DNS_PORT };
  const inLab = await labServer(server);
  if (inLab !== undefined) return { address: inLab.address, port: port ?? inLab.port };
  try {
    return { address: (await promisify(lookup)(server)).address, port: port ?? DNS_PORT };
  } catch {
    throw new UsageError(
      `@${server} is neither an address, a name server of the running lab, nor a name that resolves`,
    );
  }
}

async function labServer(name?: string): Promise<Endpoint | undefined> {
  if (readLabState() === undefined) return undefined;
  const hosts = await labClient(undefined).get<HostView[]>("/hosts");
  const found = hosts.find((host) => (name === undefined ? host.role === "dns" : host.name === name));
  const url = found?.doors.find(({ service }) => service === "dns")?.url;
  if (url === undefined) return undefined;
  const { hostname, port } = new URL(url);
  return { address: hostname.replace(/^\[(.*)\]$/, "$1"), port: port === "" ? DNS_PORT : Number(port) };
}

/** As Node read it from the system: `9.9.9.9`, `127.0.0.1:5300`, `[2620:fe::9]:53`. */
function systemServer(): Endpoint {
  const [text = "127.0.0.1"] = getServers();
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  if (match === null) return { address: text, port: DNS_PORT };
  return { address: match[1] ?? match[2] ?? text, port: Number(match[3]) };
}
