/**
 * The path of MAIL and RCPT: what stands between the angle brackets, checked for length and characters. Whether the
 * mailbox exists, and what its domain means, is for others to say. Never throws.
 *
 *     Reverse-path = Path / "<>"            Path   = "<" [ A-d-l ":" ] Mailbox ">"       ; RFC 5321 §4.1.2
 *     A-d-l        = At-domain *( "," At-domain )                                        ; read, and ignored
 *     Mailbox      = Local-part "@" ( Domain / address-literal )
 *     Local-part   = Dot-string / Quoted-string                                          ; RFC 6531 §3.3 adds UTF-8
 */
import { err, ok, type Result } from "../../base/result.ts";

export type Path = {
  /** Without brackets and source route; empty for `<>`. */
  readonly address: string;
  /** Holds characters beyond ASCII: needs SMTPUTF8. */
  readonly international: boolean;
  /** What follows the path in the line, without the space between. */
  readonly rest: string;
};

// Limit: RFC 5321 §4.5.3.1.1 to §4.5.3.1.3, in octets.
const LOCAL_PART_BYTES_MAX = 64;
const DOMAIN_BYTES_MAX = 255;
const PATH_BYTES_MAX = 256;

/** Nearly every path there is. Anything it does not match is read with care below. */
const COMMON_PATH = /^<([a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9][a-z0-9.-]{0,253})>(?: (.*))?$/i;
const ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\u{10ffff}-]";
const DOT_STRING = new RegExp(`^${ATEXT}+(?:\\.${ATEXT}+)*$`, "u");
const QUOTED_STRING = /^"(?:[ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*"$/u;
const DOMAIN =
  /^[A-Za-z0-9_\u0080-\u{10ffff}](?:[A-Za-z0-9_.\u0080-\u{10ffff}-]*[A-Za-z0-9_\u0080-\u{10ffff}])?$/u;
const LITERAL = /^\[[!-Z^-~]+\]$/;
const SOURCE_ROUTE = /^@[^@:,<>"\s]+(?:,@[^@:,<>"\s]+)*:/;

/** Reads the path that opens `text`. The error is a sentence for the peer. `bareDomain` allows `<postmaster>`. */
export function parsePath(text: string, bareDomain: boolean): Result<Path, string> {
  const common = COMMON_PATH.exec(text);
  if (common !== null) {
    const address = common[1] as string;
    if (
      !address.includes("..") &&
      !address.startsWith(".") &&
      !address.includes(".@") &&
      !address.endsWith("-")
    ) {
      return ok({ address, international: false, rest: common[2] ?? "" });
    }
  }
  if (!text.startsWith("<")) return err("write the address in angle brackets: <user@example.org>");
  const close = closingBracket(text);
  if (close === -1) return err("the closing angle bracket is missing");
  const after = text.slice(close + 1);
  if (after !== "" && !after.startsWith(" ")) return err("a space must follow the closing angle bracket");
  const inside = text.slice(1, close);
  const address = inside.startsWith("@") ? inside.replace(SOURCE_ROUTE, "") : inside;
  const defect =
    address === ""
      ? inside === ""
        ? undefined
        : "no mailbox follows the source route"
      : mailboxDefect(address, bareDomain);
  if (defect !== undefined) return err(defect);
  return ok({ address, international: /[^\0-\x7f]/.test(address), rest: after.trimStart() });
}

/** The bracket that ends the path: one inside a quoted string does not. */
function closingBracket(text: string): number {
  let quoted = false;
  for (let at = 1; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === "\\") at++;
    else if (character === '"') quoted = !quoted;
    else if (character === ">" && !quoted) return at;
  }
  return -1;
}

function mailboxDefect(address: string, bareDomain: boolean): string | undefined {
  if (Buffer.byteLength(address) > PATH_BYTES_MAX) return "the address is longer than 256 octets";
  const at = address.lastIndexOf("@");
  const domainAt = address.endsWith("]") ? address.lastIndexOf("@[") : at;
  if (at === -1 || domainAt === -1) {
    return bareDomain && /^postmaster$/i.test(address)
      ? undefined
      : "the address needs a domain: <user@example.org>";
  }
  const local = address.slice(0, domainAt);
  const domain = address.slice(domainAt + 1);
  if (Buffer.byteLength(local) > LOCAL_PART_BYTES_MAX) return "the local part is longer than 64 octets";
  if (Buffer.byteLength(domain) > DOMAIN_BYTES_MAX) return "the domain is longer than 255 octets";
  if (!DOT_STRING.test(local) && !QUOTED_STRING.test(local))
    return "the local part holds a character it may not";
  if (!LITERAL.test(domain) && (!DOMAIN.test(domain) || domain.includes("..")))
    return "the domain is not well formed";
  return undefined;
}
