/** APPEND and REPLACE with MULTIAPPEND, CATENATE, BINARY and UTF8 (RFC 9051 §6.3.12, RFC 3502, RFC 4469, RFC 6855, RFC 8508). */
import type { AppendMessage, AppendPart, ImapCommandBody } from "./command.ts";
import { type CommandScanner, SyntaxProblem } from "./command-scanner.ts";
import { parseDateTime } from "./date-time.ts";

export function parseAppend(scanner: CommandScanner): ImapCommandBody {
  const mailbox = scanner.space().mailbox();
  const messages = [parseMessage(scanner)];
  while (!scanner.atEnd) messages.push(parseMessage(scanner));
  return { name: "append", mailbox, messages };
}

export function parseReplace(scanner: CommandScanner, uid: boolean): ImapCommandBody {
  const set = scanner.space().sequenceSet("the number of one message");
  if (set.kind === "saved" || set.pairs.length !== 1 || set.pairs[0]?.[0] !== set.pairs[0]?.[1])
    throw new SyntaxProblem("REPLACE takes one message");
  const mailbox = scanner.space().mailbox();
  return { name: "replace", uid, set, mailbox, message: parseMessage(scanner) };
}

/**
 *     append-message = append-opts SP append-data
 *     append-opts    = [SP flag-list] [SP date-time] *(SP append-ext)
 */
function parseMessage(scanner: CommandScanner): AppendMessage {
  scanner.space();
  let flags: string[] = [];
  let receivedAt: number | undefined;
  if (scanner.peek() === "(") {
    flags = scanner.list(() => scanner.flag()).filter((flag) => !/^\\recent$/i.test(flag));
    scanner.space();
  }
  if (scanner.peek() === '"') {
    const text = scanner.string("a date");
    receivedAt = parseDateTime(text);
    if (receivedAt === undefined) throw new SyntaxProblem(`"${text}" is not a date-time`);
    scanner.space();
  }
  return { flags, receivedAt, parts: parseContent(scanner) };
}

function parseContent(scanner: CommandScanner): AppendPart[] {
  if (scanner.skipWord("CATENATE")) return parseCatenate(scanner.space());
  if (scanner.skipWord("UTF8")) {
    scanner.space().expect("(");
    const literal = scanner.literal("a literal");
    scanner.expect(")");
    return [{ kind: "bytes", bytes: literal.bytes, binary: false }];
  }
  const { bytes, binary } = scanner.literal("a literal");
  return [{ kind: "bytes", bytes, binary }];
}

/** RFC 4469 §3: `CATENATE (URL "…" TEXT {n}…)`. */
function parseCatenate(scanner: CommandScanner): AppendPart[] {
  return scanner.list((): AppendPart => {
    if (scanner.skipWord("URL")) return { kind: "url", url: scanner.space().astring("a URL") };
    if (!scanner.skipWord("TEXT")) scanner.fail("TEXT or URL");
    const { bytes, binary } = scanner.space().literal("a literal");
    return { kind: "bytes", bytes, binary };
  });
}
