/**
 * Sending one message by SMTP as the person at the keyboard: composed from its parts or given whole, spoken by the
 * same client every server of the lab uses, recorded under the host name `you`.
 */
import { fromUtf8, latin1 } from "../../base/bytes.ts";
import { makeId } from "../../base/ids.ts";
import { formatEndpoint, type Endpoint } from "../../base/network.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import { composeMessage } from "../../message/compose.ts";
import type { DsnNotify } from "../../mta/envelope.ts";
import { createSmtpAgent } from "../../server/outbound/smtp/agent.ts";

export type SendRequest = {
  /** The reverse path, and From when `header.from` says nothing else. */
  readonly from: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[] | undefined;
  /** Recipients the header does not name. */
  readonly bcc?: readonly string[] | undefined;
  /** What the letter says of itself, where it is not what the envelope says. `from: null`: the field is left out. */
  readonly header?:
    | {
        readonly from?: string | null | undefined;
        readonly to?: readonly string[] | undefined;
        readonly cc?: readonly string[] | undefined;
      }
    | undefined;
  readonly subject?: string | undefined;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly attachments?:
    | readonly { readonly filename: string; readonly contentType: string; readonly content: Uint8Array }[]
    | undefined;
  /** The whole message as it is; then nothing above but `from`, `to`, `cc`, `bcc` counts. */
  readonly raw?: Uint8Array | undefined;
  /** The lab host it is handed to; a submit host sends it itself. The first that lets you relay when absent. */
  readonly server?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly notify?: readonly DsnNotify[] | undefined;
  readonly smtputf8?: boolean | undefined;
};

export type SendAnswer = {
  /** Of the last reply: true when every recipient was taken. */
  readonly ok: boolean;
  /** The queue id the server named, if it did. */
  readonly queueId: string | undefined;
  readonly results: readonly { readonly recipient: string; readonly ok: boolean; readonly reply: string }[];
  /** The conversation's connection in the journal, when one came about. */
  readonly connection: string | undefined;
};

/** Everybody the envelope names, once each. */
export function recipientsOf({ to, cc = [], bcc = [] }: SendRequest): string[] {
  return [...new Set([...to, ...cc, ...bcc])];
}

export function contentOf(request: SendRequest, world: Pick<World, "clock" | "random">): Uint8Array {
  if (request.raw !== undefined) return request.raw;
  const id = makeId(world.clock, world.random);
  const { header = {} } = request;
  const domain = request.from.split("@")[1] ?? "lab.test";
  const envelopeFrom = request.from === "" ? `MAILER-DAEMON@${domain}` : request.from;
  const [from = { address: envelopeFrom }] = header.from == null ? [] : addressesOf([header.from]);
  const message = composeMessage({
    from,
    to: addressesOf(header.to ?? request.to),
    cc: addressesOf(header.cc ?? request.cc ?? []),
    subject: request.subject ?? "A test from the lab",
    date: world.clock.now(),
    messageId: `<${id}@${domain}>`,
    text: request.text ?? (request.html === undefined ? "Hello from the lab.\r\n" : undefined) ?? "",
    boundary: `=_${id}`,
    ...(request.html === undefined ? {} : { html: request.html }),
    ...(request.headers === undefined ? {} : { headers: request.headers }),
    ...(request.attachments === undefined ? {} : { attachments: request.attachments }),
    smtputf8: needsUtf8(request),
  });
  return header.from === null ? withoutFirstField(message) : message;
}

/** An address beyond ASCII, in the envelope or in the letter, takes SMTPUTF8 (RFC 6531 §3.4). */
export function needsUtf8(request: SendRequest): boolean {
  const { from, to = [], cc = [] } = request.header ?? {};
  const all = [
    request.from,
    ...recipientsOf(request),
    ...addressesOf([from ?? "", ...to, ...cc]).map((one) => one.address),
  ];
  return request.smtputf8 ?? all.some((one) => /[^\x00-\x7f]/.test(one));
}

/** "Ann <ann@arch.test>" or an address alone; what is no address is written as it is, for the server to judge. */
function addressesOf(texts: readonly string[]): { name?: string; address: string }[] {
  return texts.flatMap((text) => {
    const match = /^\s*"?([^"<>]*?)"?\s*<([^<>]*)>\s*$/.exec(text);
    if (match === null) return text.trim() === "" ? [] : [{ address: text.trim() }];
    const [, name = "", address = ""] = match;
    return [{ address, ...(name === "" ? {} : { name }) }];
  });
}

/** From is the first that composing writes. */
function withoutFirstField(message: Uint8Array): Uint8Array {
  const end = /\r\n(?![ \t])/.exec(latin1(message));
  return end === null ? message : message.subarray(end.index + 2);
}

export type SendOverSmtp = {
  readonly world: World;
  readonly recorder: Recorder;
  readonly hostname: string;
  readonly from: string;
  readonly caPem: string | undefined;
  readonly to: Endpoint;
  readonly toName: string;
};

export async function sendOverSmtp(parts: SendOverSmtp, request: SendRequest): Promise<SendAnswer> {
  const { world, recorder, hostname, to } = parts;
  const content = contentOf(request, world);
  const recipients = recipientsOf(request).map((address, index) => ({
    index,
    address,
    ...(request.notify === undefined ? {} : { notify: request.notify }),
  }));
  const agent = createSmtpAgent({
    world,
    recorder,
    hostname,
    from: parts.from,
    verifyCa: parts.caPem,
    limits: { connectionsPerDestinationMax: 1 },
  });
  try {
    const outcomes = await agent.deliver({
      queueId: makeId(world.clock, world.random),
      attempt: 1,
      cause: undefined,
      envelope: {
        reversePath: request.from,
        recipients,
        body: "8BITMIME",
        smtputf8: needsUtf8(request),
      },
      recipients,
      target: {
        kind: "smtp",
        key: `send:${formatEndpoint(to)}`,
        hops: [{ host: parts.toName, preference: undefined, addresses: [to.address], port: to.port }],
        tls: "may",
        protocol: "smtp",
        ...(request.user === undefined
          ? {}
          : { credentials: { username: request.user, password: request.password ?? "" }, tls: "must" }),
      },
      sizeBytes: content.length,
      receivedAt: world.clock.now(),
      content: () => Promise.resolve(content),
    });
    const results = outcomes.map(({ recipient, result, reply }) => {
      return { recipient: recipient.address, ok: result === "relayed" || result === "delivered", reply };
    });
    return {
      ok: results.every(({ ok }) => ok),
      queueId: outcomes
        .map(({ reply }) => /\b([0-9A-HJKMNP-TV-Z]{14})\b/.exec(reply)?.[1])
        .find((id) => id !== undefined),
      results,
      connection: outcomes.find(({ connection }) => connection !== undefined)?.connection,
    };
  } finally {
    agent.close();
  }
}

/** Bytes of a message given as text, with the line ends the wire wants. */
export function rawMessage(text: string): Uint8Array {
  return fromUtf8(text.replace(/\r?\n/g, "\r\n"));
}
