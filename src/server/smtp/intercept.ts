/**
 * Finds out which point of the conversation a fragment is, and asks the lab whether a fault is placed there. A first BDAT
 * is as much the point DATA as the command DATA is: which of them a client uses is its own affair.
 */
import type { Client } from "../../mta/reception/reception.ts";
import { parseCommand, type Verb } from "../../protocol/smtp/command.ts";
import type { Intercept, InterceptPoint, SmtpFault } from "../../protocol/smtp/interception.ts";
import { contentText } from "../../protocol/smtp/content.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import type { ServerSession } from "../../protocol/smtp/server-types.ts";
import type { SmtpFragment } from "../../protocol/smtp/splitter.ts";

const POINTS: Partial<Record<Verb, InterceptPoint>> = {
  EHLO: "EHLO",
  HELO: "EHLO",
  LHLO: "EHLO",
  STARTTLS: "STARTTLS",
  AUTH: "AUTH",
  MAIL: "MAIL",
  RCPT: "RCPT",
  DATA: "DATA",
  QUIT: "QUIT",
};

/** `chunkBytes`: so many octets follow the command, whatever is said to it. */
export type Struck = SmtpFault & { readonly chunkBytes?: number | undefined };

/** Limit: a subject is looked for in this much of the message. */
const HEADER_BYTES_MAX = 16_384;

export function interceptFragment(
  intercept: Intercept,
  session: ServerSession,
  client: Client,
  fragment: SmtpFragment,
): Struck | undefined {
  const address = client.remote.address;
  const reversePath = session.envelope?.reversePath;
  if (fragment.kind !== "line") {
    if (fragment.content === undefined) return undefined;
    const { sizeBytes, pieces } = fragment.content;
    const recipient = session.envelope?.recipients[0]?.address;
    return intercept("EOD", {
      client: address,
      reversePath,
      recipient,
      sizeBytes,
      subject: subjectOf(pieces),
    });
  }
  if (session.waiting.for !== "command") return undefined;
  const parsed = parseCommand(fragment.text, session.rules.commands);
  if (!parsed.ok) return undefined;
  const { command } = parsed;
  if (command.verb === "BDAT") {
    if (session.phase !== "rcpt" || session.groups.length === 0) return undefined;
    const fault = intercept("DATA", { client: address, reversePath });
    return fault === undefined ? undefined : { ...fault, chunkBytes: command.sizeBytes };
  }
  const point = POINTS[command.verb];
  if (point === undefined) return undefined;
  if (command.verb === "MAIL") {
    return intercept(point, {
      client: address,
      reversePath: command.reversePath,
      sizeBytes: command.sizeBytes,
    });
  }
  const recipient = command.verb === "RCPT" ? command.address : undefined;
  return intercept(point, { client: address, reversePath, recipient });
}

/** The answer to EHLO without these keywords; its first line is no keyword. */
export function hideExtensions(said: SmtpReply, hidden: readonly string[]): SmtpReply {
  const keywords = new Set(hidden.map((keyword) => keyword.toUpperCase()));
  const lines = said.lines.filter((line, index) => index === 0 || !keywords.has(line.split(" ")[0] ?? ""));
  return { ...said, lines };
}

function subjectOf(pieces: readonly Uint8Array[]): string | undefined {
  const head = contentText([pieces[0]?.subarray(0, HEADER_BYTES_MAX) ?? new Uint8Array(0)]);
  return /^subject:[ \t]*(.*)$/im.exec(head.slice(0, head.indexOf("\r\n\r\n") + 1 || undefined))?.[1]?.trim();
}
