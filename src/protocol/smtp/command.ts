/**
 * A command line as a value. What can not be read comes back with the reply it deserves, and with its verb when that
 * at least was known. Verbs are case-blind, their arguments are not. Never throws.
 *
 *     command = verb [ SP argument ] CRLF                                     ; RFC 5321 §4.1.1
 *     mail    = "MAIL FROM:" Reverse-path [ SP Mail-parameters ]              ; §4.1.1.2
 *     rcpt    = "RCPT TO:" Forward-path [ SP Rcpt-parameters ]                ; §4.1.1.3
 *     bdat    = "BDAT" SP chunk-size [ SP "LAST" ]                            ; RFC 3030 §2
 *     auth    = "AUTH" SP sasl-mech [ SP ( initial-response / "=" ) ]         ; RFC 4954 §4
 */
import {
  type MailParameters,
  parseMailParameters,
  parseRcptParameters,
  type RcptParameters,
} from "./parameters.ts";
import { parsePath } from "./path.ts";
import { reply, type SmtpReply } from "./reply.ts";

export const VERBS = [
  "EHLO",
  "HELO",
  "LHLO",
  "MAIL",
  "RCPT",
  "DATA",
  "BDAT",
  "RSET",
  "NOOP",
  "VRFY",
  "EXPN",
  "HELP",
  "QUIT",
  "AUTH",
  "STARTTLS",
] as const;

export type Verb = (typeof VERBS)[number];

export type SmtpCommand =
  | { readonly verb: "EHLO" | "HELO" | "LHLO"; readonly name: string }
  | ({
      readonly verb: "MAIL";
      readonly reversePath: string;
      readonly international: boolean;
    } & MailParameters)
  | ({ readonly verb: "RCPT"; readonly address: string; readonly international: boolean } & RcptParameters)
  | { readonly verb: "BDAT"; readonly sizeBytes: number; readonly last: boolean }
  | { readonly verb: "AUTH"; readonly mechanism: string; readonly initial: string | undefined }
  | { readonly verb: "VRFY" | "EXPN" | "HELP" | "NOOP"; readonly text: string }
  | { readonly verb: "DATA" | "RSET" | "QUIT" | "STARTTLS" };

export type BadCommand = { readonly verb: Verb | undefined; readonly refusal: SmtpReply };

export type ParsedCommand =
  | { readonly ok: true; readonly command: SmtpCommand }
  | { readonly ok: false; readonly error: BadCommand };

export type CommandRules = {
  /** `MAIL FROM: <a@b>`, with a space: many programs write it. */
  readonly spaceBeforePath: boolean;
  /** `MAIL FROM:a@b`, without brackets. */
  readonly pathWithoutBrackets: boolean;
};

// Limit: RFC 5321 §4.5.3.1.2: a domain has 255 octets; a literal and brackets fit into that.
const NAME_LENGTH_MAX = 255;

const KNOWN = new Map<string, Verb>(VERBS.map((verb) => [verb, verb]));

export function parseCommand(line: string, rules: CommandRules): ParsedCommand {
  const space = line.indexOf(" ");
  const word = space === -1 ? line : line.slice(0, space);
  const verb = KNOWN.get(word) ?? KNOWN.get(word.toUpperCase());
  if (verb === undefined)
    return bad(undefined, reply(500, "5.5.1", "this command is not known here; HELP lists them"));
  return parseArgument(verb, space === -1 ? "" : line.slice(space + 1), rules);
}

function parseArgument(verb: Verb, argument: string, rules: CommandRules): ParsedCommand {
  switch (verb) {
    case "MAIL":
      return parseMail(argument, rules);
    case "RCPT":
      return parseRcpt(argument, rules);
    case "EHLO":
    case "HELO":
    case "LHLO":
      return parseHello(verb, argument.trim());
    case "BDAT":
      return parseBdat(argument);
    case "AUTH":
      return parseAuth(argument);
    case "VRFY":
    case "EXPN":
    case "HELP":
    case "NOOP":
      return good({ verb, text: argument.trim() });
    default:
      // Lenient: trailing spaces after a verb without argument (RFC 5321 §4.1.1 asks receivers to bear them).
      if (argument.trim() === "") return good({ verb });
      return bad(verb, reply(501, "5.5.4", `${verb} takes no argument`));
  }
}

/** RFC 5321 §4.1.1.1. What the name means is judged elsewhere; here it only may not break a line or a log. */
function parseHello(verb: "EHLO" | "HELO" | "LHLO", name: string): ParsedCommand {
  if (name === "") return bad(verb, reply(501, "5.5.4", `write ${verb} and your host name`));
  if (name.length > NAME_LENGTH_MAX || /[\0-\x20\x7f]/.test(name)) {
    return bad(verb, reply(501, "5.5.4", "the host name is not well formed"));
  }
  return good({ verb, name });
}

function parseMail(argument: string, rules: CommandRules): ParsedCommand {
  const text = pathText(argument, "FROM:", rules);
  if (text === undefined) return bad("MAIL", reply(501, "5.5.4", "write MAIL FROM:<user@example.org>"));
  const path = parsePath(text, false);
  if (!path.ok) return bad("MAIL", reply(501, text.startsWith("<") ? "5.1.7" : "5.5.4", path.error));
  const parameters = parseMailParameters(path.value.rest);
  if (!parameters.ok) return bad("MAIL", parameters.error);
  const { address, international } = path.value;
  const { sizeBytes, body, smtputf8, ret, envid, auth } = parameters.value;
  return good({
    verb: "MAIL",
    reversePath: address,
    international,
    sizeBytes,
    body,
    smtputf8,
    ret,
    envid,
    auth,
  });
}

function parseRcpt(argument: string, rules: CommandRules): ParsedCommand {
  const text = pathText(argument, "TO:", rules);
  if (text === undefined) return bad("RCPT", reply(501, "5.5.4", "write RCPT TO:<user@example.org>"));
  const path = parsePath(text, true);
  if (!path.ok) return bad("RCPT", reply(501, text.startsWith("<") ? "5.1.3" : "5.5.4", path.error));
  if (path.value.address === "") return bad("RCPT", reply(501, "5.1.3", "the recipient may not be empty"));
  const parameters = parseRcptParameters(path.value.rest);
  if (!parameters.ok) return bad("RCPT", parameters.error);
  const { address, international } = path.value;
  const { notify, orcpt } = parameters.value;
  return good({ verb: "RCPT", address, international, notify, orcpt });
}

/** What follows `FROM:` or `TO:`, in brackets where the rules allow none; undefined when the keyword is not there. */
function pathText(argument: string, keyword: string, rules: CommandRules): string | undefined {
  const head = argument.slice(0, keyword.length);
  if (head !== keyword && head.toUpperCase() !== keyword) return undefined;
  const text = argument.slice(keyword.length);
  if (text.startsWith("<")) return text;
  // Lenient: a space before the path, as several libraries and people at a prompt write it.
  const trimmed = rules.spaceBeforePath ? text.trimStart() : text;
  if (trimmed.startsWith("<") || !rules.pathWithoutBrackets || trimmed === "") return trimmed;
  const end = trimmed.indexOf(" ");
  return end === -1 ? `<${trimmed}>` : `<${trimmed.slice(0, end)}>${trimmed.slice(end)}`;
}

function parseBdat(argument: string): ParsedCommand {
  const parts = /^(\d{1,15})(?: (LAST))? *$/i.exec(argument);
  if (parts === null)
    return bad("BDAT", reply(501, "5.5.4", "write BDAT and a count of octets, with LAST at the end"));
  return good({ verb: "BDAT", sizeBytes: Number(parts[1]), last: parts[2] !== undefined });
}

function parseAuth(argument: string): ParsedCommand {
  const parts = /^([A-Za-z0-9_-]{1,20})(?: (\S+))? *$/.exec(argument);
  if (parts === null)
    return bad("AUTH", reply(501, "5.5.4", "write AUTH and a mechanism, with an initial response if any"));
  return good({ verb: "AUTH", mechanism: (parts[1] ?? "").toUpperCase(), initial: parts[2] });
}

function good(command: SmtpCommand): ParsedCommand {
  return { ok: true, command };
}

function bad(verb: Verb | undefined, refusal: SmtpReply): ParsedCommand {
  return { ok: false, error: { verb, refusal } };
}
