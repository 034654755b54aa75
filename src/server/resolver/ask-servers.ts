/**
 * One question to the servers in their order, until one of them answers it: over TCP when the answer was cut, without
 * EDNS when the server does not know it (RFC 6891 §7). Writes every packet's fate into the journal. Never rejects.
 */
import { makeId } from "../../base/ids.ts";
import { formatEndpoint } from "../../base/network.ts";
import type { Endpoint } from "../../base/network.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { CachedAnswer } from "../../protocol/dns/cache.ts";
import { interpretReply } from "../../protocol/dns/interpret.ts";
import { formatRdata } from "../../protocol/dns/rdata.ts";
import type { RecordTypeName } from "../../protocol/dns/record.ts";
import type { ResolveContext } from "../../protocol/dns/resolver.ts";
import { queryOnce } from "./query-once.ts";
import type { QueryResult } from "./query-once.ts";

export type AskOptions = {
  readonly world: World;
  readonly recorder: Recorder;
  readonly servers: readonly Endpoint[];
  readonly from: string | undefined;
  readonly timeoutMs: number;
  readonly roundsMax: number;
};

export type Asked = { readonly answer: CachedAnswer; readonly event: number | undefined };

export async function askServers(
  options: AskOptions,
  name: string,
  type: RecordTypeName,
  context: ResolveContext,
): Promise<Asked> {
  let last: Asked = {
    answer: failure(name, "SERVFAIL", "no name server is set", undefined),
    event: undefined,
  };
  for (let round = 0; round < options.roundsMax; round++) {
    for (const server of options.servers) {
      last = await askServer(options, server, name, type, context);
      if (last.answer.kind !== "failure") return last;
    }
  }
  return last;
}

async function askServer(
  options: AskOptions,
  server: Endpoint,
  name: string,
  type: RecordTypeName,
  context: ResolveContext,
): Promise<Asked> {
  let sent = await send(options, server, { name, type, context, tcp: false, edns: true });
  const first = sent.result;
  if (first.ok && first.value.message.rcode === "FORMERR" && first.value.message.edns === undefined)
    sent = await send(options, server, { name, type, context, tcp: false, edns: false });
  if (sent.result.ok && sent.result.value.message.truncated)
    sent = await send(options, server, { name, type, context, tcp: true, edns: true });
  const { result, event } = sent;
  const from = formatEndpoint(server);
  if (!result.ok) {
    const { kind, detail } = result.error;
    return { answer: failure(name, kind.toUpperCase(), `${from}: ${detail}`, undefined), event };
  }
  const read = interpretReply(result.value.message, name, type);
  const detail = read.detail === undefined ? {} : { detail: `${from}: ${read.detail}` };
  return { answer: { ...read, ...detail, server: from }, event };
}

type Send = {
  readonly name: string;
  readonly type: RecordTypeName;
  readonly context: ResolveContext;
  readonly tcp: boolean;
  readonly edns: boolean;
};

async function send(
  { world, recorder, from, timeoutMs }: AskOptions,
  server: Endpoint,
  { name, type, context, tcp, edns }: Send,
): Promise<{ result: QueryResult; event: number }> {
  const query = makeId(world.clock, world.random);
  const serverText = formatEndpoint(server);
  const startedAt = world.clock.now();
  const cause = recorder.record(
    { kind: "dns.query", query, name, type, server: serverText, transport: tcp ? "tcp" : "udp" },
    context.trace,
    context.cause,
  );
  const question = { name, type, class: "IN" as const };
  const result = await queryOnce({ world, server, question, tcp, edns, timeoutMs, from });
  const message = result.ok ? result.value.message : undefined;
  const event = recorder.record(
    {
      kind: "dns.answer",
      query,
      name,
      type,
      rcode: result.ok ? result.value.message.rcode : result.error.kind.toUpperCase(),
      answers:
        message?.truncated === true && !tcp
          ? ["truncated: asked again over TCP"]
          : (message?.answers.map(({ data }) => `${data.type} ${formatRdata(data)}`) ?? []),
      from: serverText,
      durationMs: world.clock.now() - startedAt,
    },
    context.trace,
    cause,
  );
  return { result, event };
}

function failure(name: string, rcode: string, detail: string, server: string | undefined): CachedAnswer {
  return {
    kind: "failure",
    rcode,
    canonicalName: name,
    cnames: [],
    records: [],
    ttlSeconds: 0,
    server,
    detail,
  };
}
