/**
 * Makes a message fit for what one server offers, or says why it can not be: 8-bit content to a 7-bit server is
 * re-encoded (RFC 6152 §3), binary content to a server without BDAT too (RFC 3030 §3), SMTPUTF8 can not be done without (RFC 6531 §3.5).
 */
import type { Reason } from "../../../base/reason.ts";
import { err, ok, type Result } from "../../../base/result.ts";
import type { Envelope, EnvelopeRecipient } from "../../../mta/envelope.ts";
import type { Capabilities } from "../../../protocol/smtp/capabilities.ts";
import type { ClientMessage } from "../../../protocol/smtp/client-transaction.ts";
import { normalizeNewlines } from "../../../protocol/smtp/dot-stuffing.ts";
import { reply, type SmtpReply } from "../../../protocol/smtp/reply.ts";
import { downgrade } from "./downgrade.ts";

/** `content` goes by BDAT as it is; by DATA its lines end in CRLF and nowhere else is there a CR or LF. */
export type Fitted = { readonly message: Omit<ClientMessage, "recipients">; readonly content: Uint8Array };
export type Unfit = { readonly reply: SmtpReply; readonly reason: Reason };

export function fitMessage(
  envelope: Envelope,
  recipients: readonly EnvelopeRecipient[],
  content: Uint8Array,
  offers: Capabilities,
): Result<Fitted, Unfit> {
  const addresses = [envelope.reversePath, ...recipients.map((recipient) => recipient.address)];
  // What breaks a line would be a command of somebody else's making.
  if (
    addresses.some((address) => /[\0-\x1f\x7f<>]/.test(address.replace(/"(?:[^"\\\r\n]|\\[^\r\n])*"/g, "")))
  ) {
    return unfit(reply(553, "5.1.3", "an address holds a character that can not be sent"), {
      rule: "address not well formed",
    });
  }
  const smtputf8 =
    envelope.smtputf8 &&
    (addresses.some((address) => /[^\0-\x7f]/.test(address)) || hasHighBit(headerOf(content)));
  if (smtputf8 && !offers.smtputf8) {
    return unfit(reply(550, "5.6.7", "the next hop does not take addresses beyond ASCII"), {
      rule: "SMTPUTF8 needed and not offered",
      rfc: "RFC 6531 §3.5",
      change: "use ASCII addresses and header, or a server with SMTPUTF8",
    });
  }
  const sent = bodyFor(envelope.body, content, offers);
  if (sent === undefined) {
    return unfit(
      reply(
        554,
        "5.6.3",
        "the content needs conversion to 7 bits, which would break its signature or structure",
      ),
      {
        rule: "conversion required but not possible",
        rfc: "RFC 6152 §3",
      },
    );
  }
  const sizeBytes = sent.content.length;
  if (offers.sizeBytesMax !== undefined && sizeBytes > offers.sizeBytesMax) {
    return unfit(
      reply(552, "5.3.4", `the next hop takes ${offers.sizeBytesMax} octets, the message has ${sizeBytes}`),
      {
        rule: "larger than the next hop's SIZE",
        rfc: "RFC 1870 §6.3",
      },
    );
  }
  const { reversePath, ret, envid } = envelope;
  return ok({
    message: { reversePath, body: sent.body, smtputf8, ret, envid, sizeBytes },
    content: sent.content,
  });
}

function bodyFor(
  body: Envelope["body"],
  content: Uint8Array,
  offers: Capabilities,
): { body: Envelope["body"]; content: Uint8Array } | undefined {
  if (body === "BINARYMIME") {
    if (offers.binaryMime && offers.chunking) return { body, content };
    const converted = downgrade(content);
    return converted === undefined ? undefined : { body: "7BIT", content: normalizeNewlines(converted) };
  }
  const lines = withFinalNewline(normalizeNewlines(content));
  if (offers.eightBitMime) return { body, content: lines };
  if (!hasHighBit(lines)) return { body: "7BIT", content: lines };
  const converted = downgrade(lines);
  return converted === undefined ? undefined : { body: "7BIT", content: normalizeNewlines(converted) };
}

/** BDAT could carry a last line without its end; DATA could not, and both should deliver the same. */
function withFinalNewline(content: Uint8Array): Uint8Array {
  if (content.length === 0 || content[content.length - 1] === 10) return content;
  return Buffer.concat([content, Buffer.from("\r\n")]);
}

function headerOf(content: Uint8Array): Uint8Array {
  const end = Buffer.from(content.buffer, content.byteOffset, content.length).indexOf("\r\n\r\n");
  return end === -1 ? content : content.subarray(0, end);
}

function hasHighBit(bytes: Uint8Array): boolean {
  return /[\x80-\xff]/.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
}

function unfit(answer: SmtpReply, reason: Reason): Result<never, Unfit> {
  return err({ reply: answer, reason });
}
