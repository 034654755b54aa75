/** SELECT, EXAMINE and STORE with their parameters (RFC 9051 §6.3.2, §6.4.6, RFC 7162). */
import type { ImapCommandBody, QresyncParameters } from "./command.ts";
import { type CommandScanner, SyntaxProblem } from "./command-scanner.ts";

/**
 *     select-param  =/ condstore-param / "QRESYNC" SP "(" uidvalidity SP mod-sequence-value
 *                      [SP known-uids] [SP seq-match-data] ")"
 */
export function parseSelect(scanner: CommandScanner, name: "select" | "examine"): ImapCommandBody {
  const mailbox = scanner.space().mailbox();
  let condstore = false;
  let qresync: QresyncParameters | undefined;
  if (!scanner.atEnd) {
    scanner.space().list(() => {
      if (scanner.skipWord("CONDSTORE")) condstore = true;
      else if (scanner.skipWord("QRESYNC")) qresync = parseQresync(scanner.space());
      else scanner.fail("CONDSTORE or QRESYNC");
    });
  }
  return { name, mailbox, condstore, qresync };
}

function parseQresync(scanner: CommandScanner): QresyncParameters {
  scanner.expect("(");
  const uidValidity = scanner.positive("a UIDVALIDITY");
  const modseq = scanner.space().number("a mod-sequence");
  let knownUids: QresyncParameters["knownUids"];
  let matches: QresyncParameters["matches"];
  if (scanner.skip(" ") && scanner.peek() !== "(") {
    knownUids = scanner.sequenceSet("a set of UIDs");
    if (scanner.peek() !== ")") scanner.space();
  }
  if (scanner.skip("(")) {
    const numbers = scanner.sequenceSet();
    matches = { numbers, uids: scanner.space().sequenceSet("a set of UIDs") };
    scanner.expect(")");
  }
  scanner.expect(")");
  return { uidValidity, modseq, knownUids, matches };
}

/**
 *     store = "STORE" SP sequence-set [SP "(" store-modifier ")"] SP store-att-flags
 *     store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
 */
export function parseStore(scanner: CommandScanner, uid: boolean): ImapCommandBody {
  const set = scanner.space().sequenceSet();
  scanner.space();
  let unchangedSince: number | undefined;
  if (scanner.peek() === "(") {
    scanner.list(() => {
      if (!scanner.skipWord("UNCHANGEDSINCE")) scanner.fail("UNCHANGEDSINCE");
      unchangedSince = scanner.space().number("a mod-sequence");
    });
    scanner.space();
  }
  const change = scanner.skip("+") ? "add" : scanner.skip("-") ? "remove" : "replace";
  const silent = scanner.skipWord("FLAGS.SILENT");
  if (!silent && !scanner.skipWord("FLAGS")) scanner.fail("FLAGS or FLAGS.SILENT");
  const flags = parseFlags(scanner.space());
  if (flags.some((flag) => /^\\recent$/i.test(flag))) throw new SyntaxProblem("\\Recent cannot be stored");
  return { name: "store", uid, set, change, silent, flags, unchangedSince };
}

function parseFlags(scanner: CommandScanner): string[] {
  if (scanner.peek() === "(") return scanner.list(() => scanner.flag());
  const flags = [scanner.flag()];
  while (scanner.skip(" ")) flags.push(scanner.flag());
  return flags;
}
