/**
 * Reads the domain of an address: a name, or an address literal in brackets (RFC 5321 §4.1.2, §4.1.3). Never throws;
 * stops at the first character that cannot belong to it.
 */
import { isAscii, toAsciiDomain } from "../../base/domain-name.ts";
import { formatIp, parseIpv4, parseIpv6 } from "../../base/ip.ts";
import type { AddressProblem, Domain } from "./address.ts";
import { LABEL_OCTETS_MAX } from "./address.ts";

const HYPHEN = 0x2d;
const DOT = 0x2e;
const OPEN_BRACKET = 0x5b;

export type ReadDomain = { readonly domain: Domain; readonly end: number };

export function isReadDomain(read: ReadDomain | AddressProblem): read is ReadDomain {
  return "domain" in read;
}

//  Domain     = sub-domain *("." sub-domain)
//  sub-domain = Let-dig [Ldh-str] / U-label                        ; RFC 6531 §3.3
export function readDomain(text: string, start: number): ReadDomain | AddressProblem {
  if (text.charCodeAt(start) === OPEN_BRACKET) return readLiteral(text, start);
  let at = start;
  let numeric = true;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isNameCharacter(code)) break;
    if (numeric && code !== DOT && !(code >= 0x30 && code <= 0x39)) numeric = false;
  }
  if (text.charCodeAt(at) === 0xfffd) {
    return { problem: "bad-utf8", text: "The domain is not valid UTF-8.", at };
  }
  if (at === start) return bad("The domain is missing.", at);
  const written = text.slice(start, at);
  if (numeric) return readBareAddress(written, start, at);
  const name = toAsciiDomain(written);
  if (name === undefined) return bad("The domain name is not a valid international name.", start);
  const fault = labelFault(name);
  if (fault !== undefined) return bad(fault, start);
  return { domain: { kind: "name", name, text: written }, end: at };
}

function readBareAddress(written: string, start: number, end: number): ReadDomain | AddressProblem {
  const bytes = parseIpv4(written);
  if (bytes === undefined) return bad("The domain is a number and not an IPv4 address.", start);
  return { domain: { kind: "bareAddress", address: formatIp(bytes) }, end };
}

// Lenient: "_" in a host name, which Windows networks and some list hosts have.
function isNameCharacter(code: number): boolean {
  if (code >= 0x80) return code !== 0xfffd;
  const lower = code | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === DOT ||
    code === HYPHEN ||
    code === 0x5f
  );
}

/** What is wrong with the labels of an ASCII name, if anything. */
function labelFault(name: string): string | undefined {
  if (!isAscii(name)) return "The domain name has no ASCII form.";
  let start = 0;
  for (let i = 0; i <= name.length; i++) {
    const code = i === name.length ? DOT : name.charCodeAt(i);
    if (code !== DOT) {
      if (!isNameCharacter(code)) return "The domain name holds a character that none may hold.";
      continue;
    }
    if (i === start) return "The domain has an empty label: two dots in a row, or one at its start or end.";
    if (i - start > LABEL_OCTETS_MAX)
      return `A label of the domain is longer than ${LABEL_OCTETS_MAX} octets.`;
    if (name.charCodeAt(start) === HYPHEN || name.charCodeAt(i - 1) === HYPHEN) {
      return "A label of the domain starts or ends with '-'.";
    }
    start = i + 1;
  }
  return undefined;
}

//  address-literal         = "[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal ) "]"
//  IPv6-address-literal    = "IPv6:" IPv6-addr
//  General-address-literal = Standardized-tag ":" 1*dcontent
//  dcontent                = %d33-90 / %d94-126
function readLiteral(text: string, start: number): ReadDomain | AddressProblem {
  let end = start + 1;
  let colon = -1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code < 33 || code > 126 || (code > 90 && code < 94)) break;
    if (code === 0x3a && colon < 0) colon = end;
  }
  if (text.charCodeAt(end) !== 0x5d) return badLiteral("The address literal is not closed by ']'.", end);
  const content = text.slice(start + 1, end);
  const after = end + 1;
  if (colon < 0) {
    const v4 = parseIpv4(content);
    if (v4 === undefined) return badLiteral(`[${content}] is not an IPv4 address.`, start);
    return { domain: { kind: "ipv4", address: formatIp(v4) }, end: after };
  }
  const tag = text.slice(start + 1, colon);
  const isIpv6 = tag.toLowerCase() === "ipv6";
  // Lenient: `[fd66::1]` without its tag, as people type it.
  const v6 = parseIpv6(isIpv6 ? text.slice(colon + 1, end) : content);
  if (v6 !== undefined) return { domain: { kind: "ipv6", address: formatIp(v6) }, end: after };
  if (isIpv6) return badLiteral(`[${content}] is not an IPv6 address.`, start);
  if (!/^[A-Za-z0-9-]*[A-Za-z0-9]$/.test(tag) || colon + 1 === end) {
    return badLiteral("A general address literal is '[tag:text]'.", start);
  }
  return { domain: { kind: "general", tag, text: text.slice(colon + 1, end) }, end: after };
}

function bad(text: string, at: number): AddressProblem {
  return { problem: "bad-domain", text, at };
}

function badLiteral(text: string, at: number): AddressProblem {
  return { problem: "bad-literal", text, at };
}
