/** What a webhook is told of a message, as JSON. Bounded: what is cut or left out says so. Pure. */
import { asBuffer } from "../../../base/bytes.ts";
import type { DeliveryJob } from "../../../mta/delivery/delivery.ts";

/** A message as `readMessage` of src/message gives it; handed in, so that this room needs only its shape. */
export type ReadableMessage = {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly subject: string | undefined;
  readonly messageId: string | undefined;
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly code: string | undefined;
  readonly attachments: readonly {
    readonly filename: string | undefined;
    readonly contentType: string;
    readonly sizeBytes: number;
    readonly content: Uint8Array;
  }[];
};

export type WebhookPayload = {
  readonly version: 1;
  readonly type: "message";
  /** The trace to look at: `posthorn lab trace ID`. */
  readonly traceId: string;
  readonly attempt: number;
  readonly receivedAt: string; // RFC 3339, UTC
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly subject: string | undefined;
  readonly messageId: string | undefined;
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly code: string | undefined;
  readonly attachments: readonly {
    readonly filename: string | undefined;
    readonly contentType: string;
    readonly sizeBytes: number;
    /** Base 64; left out when all attachments together would pass the bound. */
    readonly content: string | undefined;
  }[];
  /** Of the message as it came. */
  readonly rawSizeBytes: number;
  /** Names of fields that were cut short. */
  readonly truncated: readonly string[];
};

/** Limit: characters of text and of HTML each; the receiver parses the JSON in one piece. */
export const BODY_CHARACTERS_MAX = 1_000_000;
/** Limit: attachments in one call, before base 64. Beyond it their names and sizes still go. */
export const ATTACHMENT_BYTES_MAX = 10 * 1024 * 1024;

export function webhookPayload(
  job: DeliveryJob,
  message: ReadableMessage,
  rawSizeBytes: number,
): WebhookPayload {
  const truncated: string[] = [];
  const cut = (field: string, text: string | undefined): string | undefined => {
    if (text === undefined || text.length <= BODY_CHARACTERS_MAX) return text;
    truncated.push(field);
    return text.slice(0, BODY_CHARACTERS_MAX);
  };
  let roomBytes = ATTACHMENT_BYTES_MAX;
  const attachments = message.attachments.map(({ filename, contentType, sizeBytes, content }) => {
    const fits = content.length <= roomBytes;
    if (fits) roomBytes -= content.length;
    else truncated.push(`attachments: ${filename ?? contentType}`);
    return {
      filename,
      contentType,
      sizeBytes,
      content: fits ? asBuffer(content).toString("base64") : undefined,
    };
  });
  const { headers, subject, messageId, links, code } = message;
  return {
    version: 1,
    type: "message",
    traceId: job.queueId,
    attempt: job.attempt,
    receivedAt: new Date(job.receivedAt).toISOString(),
    envelope: { from: job.envelope.reversePath, to: job.recipients.map((recipient) => recipient.address) },
    headers,
    subject,
    messageId,
    text: cut("text", message.text),
    html: cut("html", message.html),
    links,
    code,
    attachments,
    rawSizeBytes,
    truncated,
  };
}
