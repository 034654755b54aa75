/**
 * Reads Path and Mailbox of RFC 5321 §4.1.2 in one forward scan without regular expressions: it runs for each RCPT.
 * Never throws; every refusal is an AddressProblem with the place. RFC 6531 characters are always read; whether the
 * client may use them is the session's to judge by `smtputf8`.
 */
import { isAscii } from "../../base/domain-name.ts";
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { AddressProblem, Domain, Mailbox, Path } from "./address.ts";
import { DOMAIN_OCTETS_MAX, LOCAL_PART_OCTETS_MAX, PATH_OCTETS_MAX, isAtext } from "./address.ts";
import { isReadDomain, readDomain } from "./domain.ts";

const QUOTE = 0x22;
const DOT = 0x2e;
const AT = 0x40;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x3c;
const CLOSE = 0x3e;
const BACKSLASH = 0x5c;

const NULL_PATH: Path = { kind: "null" };

/**
 * Reads the path that starts at `at`; `end` is the index after its `>`. For a command line such as
 * `<"a>b"@c.test> SIZE=100`, where only a real parse tells where the path ends.
 *
 *     Path         = "<" [ A-d-l ":" ] Mailbox ">"
 *     Reverse-path = Path / "<>"
 *     Forward-path = Path / "<Postmaster>"
 *     A-d-l        = At-domain *( "," At-domain )
 *     At-domain    = "@" Domain
 */
export function readPath(text: string, at = 0): Result<{ path: Path; end: number }, AddressProblem> {
  if (text.charCodeAt(at) !== OPEN) return problem("missing-bracket", "The path must start with '<'.", at);
  if (text.charCodeAt(at + 1) === CLOSE) return ok({ path: NULL_PATH, end: at + 2 });
  const start = skipSourceRoute(text, at + 1);
  if (typeof start !== "number") return err(start);
  const local = readLocalPart(text, start);
  if (!isLocal(local)) return err(local);
  const next = text.charCodeAt(local.end);
  if (next === CLOSE && local.localPart.toLowerCase() === "postmaster") {
    return ok({ path: { kind: "postmaster", localPart: local.localPart }, end: local.end + 1 });
  }
  const mailbox = readAfterLocalPart(text, start, local);
  if (!mailbox.ok) return mailbox;
  const end = mailbox.value.end;
  if (text.charCodeAt(end) !== CLOSE) return problem("unclosed-path", "The path must end with '>'.", end);
  if (octets(text, at, end + 1) > PATH_OCTETS_MAX) {
    return problem("too-long", `The path is longer than ${PATH_OCTETS_MAX} octets.`, at);
  }
  return ok({ path: { kind: "mailbox", mailbox: mailbox.value.mailbox }, end: end + 1 });
}

/** The whole text is one path: `<a@b.test>`, `<>`, `<postmaster>`, `<@relay.test:a@b.test>`. */
export function parsePath(text: string): Result<Path, AddressProblem> {
  const read = readPath(text, 0);
  if (!read.ok) return read;
  if (read.value.end !== text.length)
    return problem("trailing-text", "Text follows the path.", read.value.end);
  return ok(read.value.path);
}

/** Reads a mailbox without brackets from `at` to where its domain ends. */
export function readMailbox(text: string, at = 0): Result<{ mailbox: Mailbox; end: number }, AddressProblem> {
  const local = readLocalPart(text, at);
  return isLocal(local) ? readAfterLocalPart(text, at, local) : err(local);
}

/**
 * The whole text is one mailbox: `bob@nemesis.test`.
 *
 *     Mailbox = Local-part "@" ( Domain / address-literal )
 */
export function parseMailbox(text: string): Result<Mailbox, AddressProblem> {
  const read = readMailbox(text, 0);
  if (!read.ok) return read;
  const { mailbox, end } = read.value;
  if (end !== text.length) return problem("trailing-text", "Text follows the address.", end);
  return ok(mailbox);
}

/** The whole text is a domain or address literal, as after EHLO or in settings. */
export function parseDomain(text: string): Result<Domain, AddressProblem> {
  const read = readDomain(text, 0);
  if (!isReadDomain(read)) return err(read);
  if (read.end !== text.length) return problem("trailing-text", "Text follows the domain.", read.end);
  return ok(read.domain);
}

type Local = { readonly localPart: string; readonly end: number };

function isLocal(read: Local | AddressProblem): read is Local {
  return "localPart" in read;
}

function readAfterLocalPart(
  text: string,
  start: number,
  local: Local,
): Result<{ mailbox: Mailbox; end: number }, AddressProblem> {
  if (octets(text, start, local.end) > LOCAL_PART_OCTETS_MAX) {
    return problem("too-long", `The local part is longer than ${LOCAL_PART_OCTETS_MAX} octets.`, start);
  }
  if (text.charCodeAt(local.end) !== AT) {
    return problem("missing-domain", "The address has no '@' and domain after its local part.", local.end);
  }
  const read = readDomain(text, local.end + 1);
  if (!isReadDomain(read)) return err(read);
  if (octets(text, local.end + 1, read.end) > DOMAIN_OCTETS_MAX) {
    return problem("too-long", `The domain is longer than ${DOMAIN_OCTETS_MAX} octets.`, local.end + 1);
  }
  const smtputf8 = !isAscii(local.localPart) || (read.domain.kind === "name" && !isAscii(read.domain.text));
  return ok({ mailbox: { localPart: local.localPart, domain: read.domain, smtputf8 }, end: read.end });
}

/** Source routes are read and ignored (RFC 5321 §4.1.1.3, appendix C). Returns where the mailbox starts. */
function skipSourceRoute(text: string, from: number): number | AddressProblem {
  let at = from;
  if (text.charCodeAt(at) !== AT) return at;
  for (;;) {
    if (text.charCodeAt(at) !== AT) return routeProblem(at);
    const read = readDomain(text, at + 1);
    if (!isReadDomain(read)) return read;
    at = read.end;
    const code = text.charCodeAt(at);
    if (code === COLON) return at + 1;
    if (code !== COMMA) return routeProblem(at);
    at++;
  }
}

//  Local-part    = Dot-string / Quoted-string
//  Quoted-string = DQUOTE *QcontentSMTP DQUOTE
//  quoted-pairSMTP = %d92 %d32-126
//  qtextSMTP     = %d32-33 / %d35-91 / %d93-126 / UTF8-non-ascii
function readLocalPart(text: string, start: number): Local | AddressProblem {
  if (text.charCodeAt(start) === QUOTE) return readQuotedLocalPart(text, start);
  let at = start;
  let afterDot = true;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (afterDot) return localProblem("A dot in the local part must stand between other characters.", at);
      afterDot = true;
    } else if (isAtext(code)) afterDot = false;
    else break;
  }
  if (text.charCodeAt(at) === 0xfffd) return value("bad-utf8", "The address is not valid UTF-8.", at);
  if (at === start)
    return localProblem("The local part is missing or starts with a character it may not hold.", at);
  if (afterDot) return localProblem("The local part ends with a dot.", at);
  return { localPart: text.slice(start, at), end: at };
}

function readQuotedLocalPart(text: string, start: number): Local | AddressProblem {
  let localPart = "";
  let from = start + 1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { localPart: localPart + text.slice(from, at), end: at + 1 };
    if (code === BACKSLASH) {
      localPart += text.slice(from, at);
      at++;
      from = at;
      const escaped = text.charCodeAt(at);
      if (!(escaped >= 0x20 && escaped < 0x7f))
        return localProblem("A backslash must be followed by a character.", at);
    } else if (code < 0x20 || code === 0x7f) {
      return localProblem("The local part holds a control character.", at);
    } else if (code === 0xfffd) return value("bad-utf8", "The address is not valid UTF-8.", at);
  }
  return localProblem("The quoted local part is not closed.", text.length);
}

/** Octets of the text between two indexes, in UTF-8. */
function octets(text: string, start: number, end: number): number {
  let count = end - start;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two: four octets together.
    if (code > 0x7f) count += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return count;
}

function value(kind: AddressProblem["problem"], text: string, at: number): AddressProblem {
  return { problem: kind, text, at };
}

function problem(kind: AddressProblem["problem"], text: string, at: number): Result<never, AddressProblem> {
  return err(value(kind, text, at));
}

function localProblem(text: string, at: number): AddressProblem {
  return value("bad-local-part", text, at);
}

function routeProblem(at: number): AddressProblem {
  return value("bad-source-route", "A source route is '@domain,@domain:' before the address.", at);
}
