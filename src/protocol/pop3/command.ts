/**
 * POP3's commands as values: a line in, a keyword with its arguments out, or what is wrong with it. Pure; never throws.
 *
 *     command = keyword *(SP argument) CRLF        ; RFC 1939 §3, RFC 2449 §4: keywords have any case
 */

/** Limit: RFC 2449 §4, 255 octets with CRLF; AUTH's initial response may make it longer (RFC 5034 §4). */
export const LINE_OCTETS_MAX = 255;
export const AUTH_LINE_OCTETS_MAX = 12_288;

export type Pop3Verb =
  | "APOP"
  | "AUTH"
  | "CAPA"
  | "DELE"
  | "LANG"
  | "LIST"
  | "NOOP"
  | "PASS"
  | "QUIT"
  | "RETR"
  | "RSET"
  | "STAT"
  | "STLS"
  | "TOP"
  | "UIDL"
  | "USER"
  | "UTF8";

export type Pop3Command = {
  readonly verb: string;
  readonly args: readonly string[];
  /** All behind the keyword, for PASS. */ readonly rest: string;
};

export function parsePop3Line(line: string): Pop3Command {
  const space = line.indexOf(" ");
  if (space < 0) return { verb: line.toUpperCase(), args: [], rest: "" };
  const rest = line.slice(space + 1);
  const args = rest.split(" ").filter((word) => word !== "");
  return { verb: line.slice(0, space).toUpperCase(), args, rest };
}

/** A message number or a count as it was written; undefined when it is none. */
export function parsePop3Number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
