/**
 * One question to one server, once: over UDP from a fresh port with a random id, or over TCP. A packet that is not the
 * reply to this very question is ignored (RFC 5452 §9). Never rejects: a silent or broken server is an answer.
 */
import { isFault } from "../../base/fault.ts";
import type { Fault } from "../../base/fault.ts";
import type { Connection, DatagramSocket, Endpoint } from "../../base/network.ts";
import { err, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { World } from "../../base/world.ts";
import { decodeMessage } from "../../protocol/dns/decode.ts";
import { UDP_BYTES_EDNS, encodeMessage } from "../../protocol/dns/encode.ts";
import { queryMessage } from "../../protocol/dns/message.ts";
import type { Edns, Message } from "../../protocol/dns/message.ts";
import { sameName } from "../../protocol/dns/name.ts";
import type { Question } from "../../protocol/dns/record.ts";
import { createTcpFragmenter, frameTcp } from "../../protocol/dns/tcp-framing.ts";

export type QueryOptions = {
  readonly world: World;
  readonly server: Endpoint;
  readonly question: Question;
  readonly tcp: boolean;
  readonly timeoutMs: number;
  /** The address to ask from; the system's choice when absent. */
  readonly from?: string | undefined;
  /** Whether to offer EDNS (RFC 6891); on by default. */
  readonly edns?: boolean;
  readonly recursionDesired?: boolean;
};

export type QueryReply = {
  readonly message: Message;
  readonly sizeBytes: number;
  readonly durationMs: number;
  readonly transport: "udp" | "tcp";
};

export type QueryFailure = {
  /** `timeout`: silence. `network`: not reachable, refused, torn down. `malformed`: a reply nobody can read. */
  readonly kind: "timeout" | "network" | "malformed";
  readonly detail: string;
};

export type QueryResult = Result<QueryReply, QueryFailure>;

const EDNS: Edns = { version: 0, udpSizeBytes: UDP_BYTES_EDNS, dnssecOk: false, options: [] };

export function queryOnce(options: QueryOptions): Promise<QueryResult> {
  const { world, question, edns = true, recursionDesired = true } = options;
  const query = {
    ...queryMessage(world.random.integer(0x10000), question, edns ? EDNS : undefined),
    recursionDesired,
  };
  const bytes = encodeMessage(query);
  const startedAt = world.clock.now();
  const read = (reply: Uint8Array): QueryResult | undefined => readReply(query, reply, options, startedAt);
  return options.tcp ? exchangeTcp(options, bytes, read) : exchangeUdp(options, bytes, read);
}

type Read = (reply: Uint8Array) => QueryResult | undefined;

/** Undefined for bytes that answer something else. */
function readReply(
  query: Message,
  bytes: Uint8Array,
  options: QueryOptions,
  startedAt: number,
): QueryResult | undefined {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) {
    const { header, reason } = decoded.error;
    return header?.id === query.id && header.response
      ? err({ kind: "malformed", detail: reason })
      : undefined;
  }
  const message = decoded.value;
  if (message.id !== query.id || !message.response || !echoes(message, options.question)) return undefined;
  return ok({
    message,
    sizeBytes: bytes.length,
    durationMs: options.world.clock.now() - startedAt,
    transport: options.tcp ? "tcp" : "udp",
  });
}

/** RFC 5452 §9.1. A server that could not read the question may leave it out of its FORMERR. */
function echoes(message: Message, question: Question): boolean {
  const echoed = message.questions[0];
  if (echoed === undefined) return message.rcode === "FORMERR" || message.rcode === "NOTIMP";
  return (
    echoed.type === question.type && echoed.class === question.class && sameName(echoed.name, question.name)
  );
}

function exchangeUdp(options: QueryOptions, query: Uint8Array, read: Read): Promise<QueryResult> {
  const { world, server, timeoutMs } = options;
  const from = options.from ?? (server.address.includes(":") ? "::" : "0.0.0.0");
  return new Promise((resolve, reject) => {
    let socket: DatagramSocket | undefined;
    let done = false;
    const finish = (result: QueryResult): void => {
      if (done) return;
      done = true;
      timer.cancel();
      // What closing a socket could still say concerns nobody: the answer is in.
      socket?.close().catch(() => undefined);
      resolve(result);
    };
    const timer = world.clock.after(timeoutMs, () => finish(silence(timeoutMs)));
    const receive = (bytes: Uint8Array, sender: Endpoint): void => {
      if (sender.address !== server.address || sender.port !== server.port) return;
      const result = read(bytes);
      if (result !== undefined) finish(result);
    };
    world.network
      .bindDatagram({ address: from, port: 0 }, receive)
      .then((bound) => {
        socket = bound;
        if (done) bound.close().catch(() => undefined);
        else bound.send(query, server);
      })
      .catch((error: unknown) => (isFault(error) ? finish(networkFailure(error)) : reject(error)));
  });
}

async function exchangeTcp(options: QueryOptions, query: Uint8Array, read: Read): Promise<QueryResult> {
  const { world, server, timeoutMs, from } = options;
  const startedAt = world.clock.now();
  let connection: Connection;
  try {
    connection = await world.network.connect(server, { from, timeoutMs });
  } catch (error) {
    // Anything but a fault is a bug, and goes on up.
    if (!isFault(error)) throw error;
    return networkFailure(error);
  }
  return new Promise((resolve) => {
    const fragmenter = createTcpFragmenter();
    let done = false;
    const finish = (result: QueryResult): void => {
      if (done) return;
      done = true;
      timer.cancel();
      connection.destroy();
      resolve(result);
    };
    const leftMs = Math.max(0, timeoutMs - (world.clock.now() - startedAt));
    const timer = world.clock.after(leftMs, () => finish(silence(timeoutMs)));
    connection.attach({
      data(bytes) {
        for (const message of fragmenter.push(bytes)) {
          const result = read(message);
          finish(result ?? err({ kind: "malformed", detail: "the reply answers another question" }));
        }
      },
      end: () =>
        finish(err({ kind: "network", detail: "the server closed the connection without an answer" })),
      closed: (fault) =>
        finish(err({ kind: "network", detail: fault?.message ?? "the connection was closed" })),
    });
    connection.write(frameTcp(query));
  });
}

function silence(timeoutMs: number): QueryResult {
  return err({ kind: "timeout", detail: `no answer within ${timeoutMs} ms` });
}

function networkFailure({ kind, message }: Fault): QueryResult {
  return err({ kind: kind === "timeout" ? "timeout" : "network", detail: message });
}
