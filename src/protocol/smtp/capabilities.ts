/** What a server offered in its answer to EHLO, as the client needs it. Unknown keywords are kept out of it. */
import type { SmtpReply } from "./reply.ts";

export type Capabilities = {
  readonly pipelining: boolean;
  readonly chunking: boolean;
  readonly binaryMime: boolean;
  readonly eightBitMime: boolean;
  readonly smtputf8: boolean;
  readonly dsn: boolean;
  readonly startTls: boolean;
  readonly size: boolean;
  /** Zero or absent: no fixed limit (RFC 1870 §4). */
  readonly sizeBytesMax: number | undefined;
  readonly mechanisms: readonly string[];
  /** Recipients in one message, messages on one connection (RFC 9422). */
  readonly recipientsMax: number | undefined;
  readonly messagesMax: number | undefined;
};

export const NO_CAPABILITIES: Capabilities = {
  pipelining: false,
  chunking: false,
  binaryMime: false,
  eightBitMime: false,
  smtputf8: false,
  dsn: false,
  startTls: false,
  size: false,
  sizeBytesMax: undefined,
  mechanisms: [],
  recipientsMax: undefined,
  messagesMax: undefined,
};

export function readCapabilities(answer: SmtpReply): Capabilities {
  const offered = new Map<string, string>();
  for (const line of answer.lines.slice(1)) {
    // Lenient: `AUTH=PLAIN LOGIN`, from servers of the nineties that are still with us.
    const [keyword = "", ...rest] = line
      .replace(/^AUTH=/i, "AUTH ")
      .trim()
      .split(/ +/);
    const name = keyword.toUpperCase();
    offered.set(name, [offered.get(name) ?? "", ...rest].join(" ").trim());
  }
  const limits = offered.get("LIMITS") ?? "";
  const sizeBytesMax = Number(offered.get("SIZE"));
  return {
    pipelining: offered.has("PIPELINING"),
    chunking: offered.has("CHUNKING"),
    binaryMime: offered.has("BINARYMIME"),
    eightBitMime: offered.has("8BITMIME"),
    smtputf8: offered.has("SMTPUTF8"),
    dsn: offered.has("DSN"),
    startTls: offered.has("STARTTLS"),
    size: offered.has("SIZE"),
    sizeBytesMax: sizeBytesMax > 0 ? sizeBytesMax : undefined,
    mechanisms: (offered.get("AUTH") ?? "")
      .toUpperCase()
      .split(" ")
      .filter((name) => name !== ""),
    recipientsMax: limitOf(limits, "RCPTMAX"),
    messagesMax: limitOf(limits, "MAILMAX"),
  };
}

function limitOf(limits: string, name: string): number | undefined {
  const found = new RegExp(`(?:^| )${name}=([1-9]\\d{0,5})(?: |$)`, "i").exec(limits);
  return found === null ? undefined : Number(found[1]);
}
