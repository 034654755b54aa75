/**
 * Mail addresses as values, and their text: RFC 5321 §4.1.2 and §4.1.3, with RFC 6531's UTF-8. Formatting never
 * yields anything that does not parse back to the same value. Parsing is in path.ts.
 */
import { domainToUnicode } from "node:url";
import { isAscii } from "../../base/domain-name.ts";

export type Domain =
  /** `name` is lower-case ASCII (A-labels), for lookups and comparison; `text` as written. */
  | { readonly kind: "name"; readonly name: string; readonly text: string }
  | { readonly kind: "ipv4"; readonly address: string }
  /** RFC 5952 text, without brackets and tag. */
  | { readonly kind: "ipv6"; readonly address: string }
  | { readonly kind: "general"; readonly tag: string; readonly text: string }
  /** Lenient: `user@192.168.1.32` without brackets, as telnet tutorials write it. Routing decides what it is worth. */
  | { readonly kind: "bareAddress"; readonly address: string };

export type Mailbox = {
  /** Without quotes and backslashes. Case is kept: it is the receiving host's to interpret (RFC 5321 §2.4). */
  readonly localPart: string;
  readonly domain: Domain;
  /** The address as written holds non-ASCII characters, so its sender must have said SMTPUTF8 (RFC 6531 §3.4). */
  readonly smtputf8: boolean;
};

export type Path =
  | { readonly kind: "null" }
  /** `<postmaster>` without a domain: legal in RCPT, any case (RFC 5321 §4.5.1). `localPart` as written. */
  | { readonly kind: "postmaster"; readonly localPart: string }
  | { readonly kind: "mailbox"; readonly mailbox: Mailbox };

export type AddressProblem = {
  readonly problem:
    | "missing-bracket"
    | "unclosed-path"
    | "missing-domain"
    | "bad-local-part"
    | "bad-domain"
    | "bad-literal"
    | "bad-source-route"
    | "too-long"
    | "bad-utf8"
    | "trailing-text";
  /** A sentence for the peer. */
  readonly text: string;
  /** Index into the text that was parsed. */
  readonly at: number;
};

// Limit: RFC 5321 §4.5.3.1.1, octets of a local part as written.
export const LOCAL_PART_OCTETS_MAX = 64;
// Limit: RFC 5321 §4.5.3.1.2, octets of a domain.
export const DOMAIN_OCTETS_MAX = 255;
// Limit: RFC 5321 §4.5.3.1.3, octets of a path with its brackets.
export const PATH_OCTETS_MAX = 256;
// Limit: RFC 1035 §2.3.4.
export const LABEL_OCTETS_MAX = 63;

/** `bob@nemesis.test`, `"odd one"@[IPv6:fd66::1]`; the domain in ASCII. */
export function formatMailbox(mailbox: Mailbox): string {
  return `${formatLocalPart(mailbox.localPart)}@${formatDomain(mailbox.domain)}`;
}

export function formatPath(path: Path): string {
  switch (path.kind) {
    case "null":
      return "<>";
    case "postmaster":
      return `<${path.localPart}>`;
    case "mailbox":
      return `<${formatMailbox(path.mailbox)}>`;
  }
}

export function formatDomain(domain: Domain): string {
  switch (domain.kind) {
    case "name":
      return domain.name;
    case "ipv4":
      return `[${domain.address}]`;
    case "ipv6":
      return `[IPv6:${domain.address}]`;
    case "general":
      return `[${domain.tag}:${domain.text}]`;
    case "bareAddress":
      return domain.address;
  }
}

/** Quotes only what needs it. */
export function formatLocalPart(localPart: string): string {
  return isDotString(localPart) ? localPart : `"${localPart.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** The text routing compares and looks up: the name, or the literal in its brackets. */
export function domainKey(domain: Domain): string {
  return formatDomain(domain).toLowerCase();
}

/** True when no ASCII form exists, so that the next hop must offer SMTPUTF8: a domain can be sent as A-labels, a local part cannot. */
export function needsSmtputf8(mailbox: Mailbox): boolean {
  return !isAscii(mailbox.localPart);
}

/** For people to read: U-labels where they decode, else as it was. */
export function toUnicodeDomain(name: string): string {
  if (!name.includes("xn--")) return name;
  const text = domainToUnicode(name);
  return text === "" ? name : text;
}

/** RFC 5322 §3.2.3 atext, as a table over ASCII. */
const ATEXT = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~") {
  ATEXT[character.charCodeAt(0)] = 1;
}

/** Also every non-ASCII character (RFC 6531 §3.3) except the mark of undecodable bytes. */
export function isAtext(code: number): boolean {
  return code < 128 ? ATEXT[code] === 1 : code !== 0xfffd;
}

//  Dot-string = Atom *("."  Atom)                                      ; RFC 5321 §4.1.2
function isDotString(text: string): boolean {
  let afterDot = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2e) {
      if (afterDot) return false;
      afterDot = true;
    } else if (isAtext(code)) afterDot = false;
    else return false;
  }
  return !afterDot;
}
