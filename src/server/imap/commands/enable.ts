/** ENABLE (RFC 5161): turns on what changes how we answer. */
import type { Handler } from "../execute.ts";
import { bad, ok } from "../completion.ts";
import type { Enabled } from "../session.ts";

const WHAT: Readonly<Record<string, keyof Enabled>> = {
  IMAP4REV2: "imap4rev2",
  "UTF8=ACCEPT": "utf8",
  CONDSTORE: "condstore",
  QRESYNC: "qresync",
  UIDONLY: "uidOnly",
};
const SPELLED: Readonly<Record<string, string>> = { IMAP4REV2: "IMAP4rev2" };

export const enable: Handler<"enable"> = (session, { capabilities }) => {
  const enabled: string[] = [];
  for (const name of capabilities) {
    const what = WHAT[name];
    if (what === undefined || session.enabled[what]) continue;
    // Sequence numbers cannot lose their meaning halfway (RFC 9586 §3).
    if (what === "uidOnly" && session.selected !== undefined) return bad("UIDONLY comes before SELECT");
    session.enable(what);
    enabled.push(SPELLED[name] ?? name);
  }
  session.output.writer.raw(`* ENABLED${enabled.map((name) => ` ${name}`).join("")}\r\n`);
  return ok("ENABLE completed");
};
