/**
 * The end of a transaction: the content is judged, gets its trace header, and goes to the queue. The reply names the
 * queue id and is given only when the message is on disk. Over LMTP there is one reply for each recipient (RFC 2033).
 */
import { asBuffer, concatBytes } from "../../base/bytes.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import { scanHeader } from "../../message/compliance.ts";
import type { HeaderScan } from "../../message/compliance.ts";
import { parseDsn } from "../../message/dsn/parse-dsn.ts";
import { formatDate } from "../../message/header/date.ts";
import { formatReceived, receivedProtocol } from "../../message/header/received.ts";
import { reply, replyText } from "../../protocol/smtp/reply.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import type { Envelope } from "../envelope.ts";
import type { Queue } from "../queue/queue.ts";
import type { Refuse } from "./client-policies.ts";
import { checkContent } from "./content-check.ts";
import type { Client, Decision } from "./reception.ts";

/** Limit: a header section longer than this is judged by its beginning. */
const HEADER_BYTES_MAX = 1024 * 1024;

export type TakeOptions = {
  readonly world: Pick<World, "clock" | "random">;
  readonly recorder: Recorder;
  readonly settings: HostSettings;
  readonly queue: Queue;
  readonly refuse: Refuse;
  /** Submits rather than relays: an account of ours, or a client in our networks. */
  readonly isOwn: (client: Client) => boolean;
};

export async function takeMessage(
  options: TakeOptions,
  client: Client,
  envelope: Envelope,
  content: readonly Uint8Array[],
): Promise<Decision | readonly Decision[]> {
  const { settings, recorder, queue } = options;
  const isOwn = options.isOwn(client);
  const scan = scanHeader(headOf(content), { smtputf8: envelope.smtputf8 });
  const verdict = checkContent(scan, settings.policies, isOwn);
  if (!verdict.accept) {
    const recipients = envelope.recipients.map(({ address }) => address);
    const refused = {
      reversePath: envelope.reversePath,
      recipients,
      reply: replyText(verdict.reply),
      reason: verdict.reason,
    };
    recorder.record(
      { kind: "message.refused", connection: client.connection, ...refused },
      client.connection,
      client.cause,
    );
    return forEach(
      client,
      envelope,
      options.refuse(client, "message", `<${envelope.reversePath}>`, verdict.reply, verdict.reason),
    );
  }
  for (const { text, rfc } of verdict.warnings) {
    recorder.record({ kind: "warning", what: "message", detail: text, rfc }, client.connection, client.cause);
  }
  const id = queue.makeId();
  await queue.submit({
    id,
    envelope,
    content: [
      Buffer.from(
        traceHeader(options, client, envelope, id) + (isOwn ? addedFields(options, id, scan) : ""),
        "utf8",
      ),
      ...content,
    ],
    client: client.remote.address,
    connection: client.connection,
    messageId: scan.messageId,
    subject: scan.subject,
    reports: envelope.reversePath === "" ? reportedMessageId(content) : undefined,
    cause: client.cause,
  });
  return forEach(client, envelope, { verdict: "accept", reply: reply(250, "2.0.0", `queued as ${id}`) });
}

function forEach(client: Client, envelope: Envelope, decision: Decision): Decision | readonly Decision[] {
  return client.service === "lmtp" ? envelope.recipients.map(() => decision) : decision;
}

/** Our Received field. */
function traceHeader(
  { settings, world }: TakeOptions,
  client: Client,
  envelope: Envelope,
  id: string,
): string {
  const at = world.clock.now();
  return formatReceived({
    helo: client.helo,
    remoteAddress: client.remote.address,
    hostname: settings.hostname,
    protocol: receivedProtocol({
      service: client.service,
      extended: client.extended,
      tls: client.tls !== undefined,
      authenticated: client.account !== undefined,
      smtputf8: envelope.smtputf8,
    }),
    queueId: id,
    recipient: envelope.recipients.length === 1 ? envelope.recipients[0]?.address : undefined,
    tls: client.tls,
    at,
  });
}

/** What RFC 6409 §8 lets a submission server add to its own users' mail. */
function addedFields({ settings, world }: TakeOptions, id: string, scan: HeaderScan): string {
  const date = scan.problems.some(({ problem }) => problem === "missing-date")
    ? `Date: ${formatDate(world.clock.now())}\r\n`
    : "";
  return scan.messageId === undefined ? `${date}Message-ID: <${id}@${settings.hostname}>\r\n` : date;
}

/** The pieces up to the empty line, as one. */
function headOf(content: readonly Uint8Array[]): Uint8Array {
  const [first] = content;
  if (first === undefined) return new Uint8Array(0);
  if (content.length === 1 || asBuffer(first).includes("\r\n\r\n")) return first;
  let length = 0;
  const upTo = content.findIndex((piece) => (length += piece.length) > HEADER_BYTES_MAX);
  return concatBytes(upTo < 0 ? content : content.slice(0, upTo + 1));
}

/** What a delivery report is about, so that traces of the two can be tied together, whoever wrote it. */
function reportedMessageId(content: readonly Uint8Array[]): string | undefined {
  let sizeBytes = 0;
  for (const piece of content) sizeBytes += piece.length;
  return sizeBytes > HEADER_BYTES_MAX ? undefined : parseDsn(concatBytes(content))?.originalMessageId;
}
