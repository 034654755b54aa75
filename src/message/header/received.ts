/**
 * The trace field `Received:` that every hop writes at the top (RFC 5321 §4.4). Whatever the client claimed is cut
 * to what the grammar allows, so that a client cannot write header lines with its EHLO name.
 *
 *     Time-stamp-line = "Received:" FWS Stamp <CRLF>
 *     Stamp           = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
 */
import { formatDate } from "./date.ts";

export type ReceivedProtocolFacts = {
  readonly service: "smtp" | "submission" | "lmtp";
  /** EHLO or LHLO was said. */
  readonly extended: boolean;
  readonly tls: boolean;
  readonly authenticated: boolean;
  readonly smtputf8: boolean;
};

export type ReceivedFacts = {
  /** What the client called itself; may be anything. */
  readonly helo: string | undefined;
  /** Its address, and its verified name where known. */
  readonly remoteAddress: string;
  readonly remoteName?: string | undefined;
  /** Our host name. */
  readonly hostname: string;
  readonly protocol: string;
  readonly queueId: string;
  /** Written only when the message has one recipient, so that none learns of another (RFC 5321 §7.2). */
  readonly recipient?: string | undefined;
  /** `TLSv1.3`, `TLS_AES_256_GCM_SHA384`. */
  readonly tls?: { readonly protocol: string; readonly cipher: string } | undefined;
  readonly at: number;
};

// Limit: a name longer than this is no name; RFC 5321 §4.5.3.1.2.
const TOKEN_CHARACTERS_MAX = 255;

/** What nearly every token is made of; `token` has the whole set. */
const PLAIN_TOKEN = /^[\w.:[\]-]*$/;

/** The word after `with`: RFC 3848 and RFC 6531 §4.3. */
export function receivedProtocol(facts: ReceivedProtocolFacts): string {
  const suffix = `${facts.tls ? "S" : ""}${facts.authenticated ? "A" : ""}`;
  if (facts.service === "lmtp") return `${facts.smtputf8 ? "UTF8LMTP" : "LMTP"}${suffix}`;
  if (facts.smtputf8) return `UTF8SMTP${suffix}`;
  if (facts.extended || suffix !== "") return `ESMTP${suffix}`;
  return "SMTP";
}

/** The whole field with its CRLF, folded one clause a line. */
export function formatReceived(facts: ReceivedFacts): string {
  const literal = facts.remoteAddress.includes(":")
    ? `[IPv6:${facts.remoteAddress}]`
    : `[${facts.remoteAddress}]`;
  const name = facts.remoteName === undefined ? "" : `${token(facts.remoteName)} `;
  const lines = [
    `Received: from ${token(facts.helo ?? "") || "unknown"} (${name}${literal})`,
    `\tby ${token(facts.hostname)} with ${token(facts.protocol)}${tlsComment(facts.tls)}`,
    `\tid ${token(facts.queueId)}`,
  ];
  if (facts.recipient !== undefined && /^[^\s<>()\0-\x1f\x7f]+$/.test(facts.recipient)) {
    lines.push(`\tfor <${facts.recipient}>`);
  }
  return `${lines.join("\r\n")};\r\n\t${formatDate(facts.at)}\r\n`;
}

function tlsComment(tls: ReceivedFacts["tls"]): string {
  return tls === undefined ? "" : `\r\n\t(${token(tls.protocol)} cipher ${token(tls.cipher)})`;
}

/** Only what can stand in a domain, literal, path or word. */
function token(text: string): string {
  if (text.length <= TOKEN_CHARACTERS_MAX && PLAIN_TOKEN.test(text)) return text;
  return text
    .replaceAll(/[^\w.:@[\]+/=!#$%&'*?^`{|}~\u{80}-\u{10ffff}-]/gu, "")
    .slice(0, TOKEN_CHARACTERS_MAX);
}
