/**
 * What this door can do, said in one table: a name stands here when its commands are there, and is offered when its
 * condition holds (RFC 9051 §6.1.1). Nothing is promised that is not kept.
 */
import { offeredMechanisms } from "../../protocol/sasl/mechanisms.ts";
import type { ImapSession } from "./session.ts";

type Offered = "always" | "beforeLogin" | "afterLogin";

const CAPABILITIES: readonly (readonly [name: string, when: Offered])[] = [
  ["IMAP4rev2", "always"],
  ["IMAP4rev1", "always"],
  ["SASL-IR", "beforeLogin"], // RFC 4959
  ["LITERAL+", "always"], // RFC 7888, which forbids to say LITERAL- beside it (§5)
  ["ID", "always"], // RFC 2971
  ["ENABLE", "always"], // RFC 5161
  ["IDLE", "always"], // RFC 2177
  ["NAMESPACE", "afterLogin"], // RFC 2342
  ["CHILDREN", "afterLogin"], // RFC 9051
  ["LIST-EXTENDED", "afterLogin"], // RFC 5258
  ["LIST-STATUS", "afterLogin"], // RFC 5819
  ["LIST-MYRIGHTS", "afterLogin"], // RFC 8440
  ["LIST-METADATA", "afterLogin"], // RFC 9590
  ["SPECIAL-USE", "afterLogin"], // RFC 6154
  ["CREATE-SPECIAL-USE", "afterLogin"], // RFC 6154
  ["UNSELECT", "afterLogin"], // RFC 3691
  ["UIDPLUS", "afterLogin"], // RFC 4315
  ["MULTIAPPEND", "afterLogin"], // RFC 3502
  ["BINARY", "afterLogin"], // RFC 3516
  ["CATENATE", "afterLogin"], // RFC 4469
  ["MOVE", "afterLogin"], // RFC 6851
  ["REPLACE", "afterLogin"], // RFC 8508
  ["CONDSTORE", "afterLogin"], // RFC 7162
  ["QRESYNC", "afterLogin"], // RFC 7162
  ["OBJECTID", "afterLogin"], // RFC 8474
  ["SAVEDATE", "afterLogin"], // RFC 8514
  ["PREVIEW", "afterLogin"], // RFC 8970
  ["STATUS=SIZE", "afterLogin"], // RFC 8438
  ["QUOTA", "afterLogin"], // RFC 9208
  ["QUOTA=RES-STORAGE", "afterLogin"],
  ["QUOTA=RES-MESSAGE", "afterLogin"],
  ["ACL", "afterLogin"], // RFC 4314
  ["RIGHTS=kxte", "afterLogin"],
  ["METADATA", "afterLogin"], // RFC 5464
  ["METADATA-SERVER", "afterLogin"],
  ["UTF8=ACCEPT", "afterLogin"], // RFC 6855
  ["UIDONLY", "afterLogin"], // RFC 9586
  ["UIDBATCHES", "afterLogin"], // RFC 10022
  ["NOTIFY", "afterLogin"], // RFC 5465
  ["ESEARCH", "afterLogin"], // RFC 4731
  ["SEARCHRES", "afterLogin"], // RFC 5182
  ["SEARCH=FUZZY", "afterLogin"], // RFC 6203
  ["WITHIN", "afterLogin"], // RFC 5032
  ["SORT", "afterLogin"], // RFC 5256
  ["SORT=DISPLAY", "afterLogin"], // RFC 5957
  ["ESORT", "afterLogin"], // RFC 5267
  ["THREAD=ORDEREDSUBJECT", "afterLogin"], // RFC 5256
  ["THREAD=REFERENCES", "afterLogin"],
  ["CONTEXT=SEARCH", "afterLogin"], // RFC 5267
  ["MULTISEARCH", "afterLogin"], // RFC 7377
  ["PARTIAL", "afterLogin"], // RFC 9394
  ["INPROGRESS", "afterLogin"], // RFC 9585
  ["I18NLEVEL=1", "afterLogin"], // RFC 5255
  ["UNAUTHENTICATE", "afterLogin"], // RFC 8437
];

/** `CAPABILITY IMAP4rev2 …`, as the response and the response code have it. */
export function capabilityCode(session: ImapSession): string {
  const { context, driver, mail } = session;
  const names = ["CAPABILITY"];
  const isIn = mail !== undefined;
  for (const [name, when] of CAPABILITIES) {
    if (when === "always" || (when === "afterLogin") === isIn) names.push(name);
  }
  names.push(`APPENDLIMIT=${context.limits.appendBytesMax}`); // RFC 7889
  if (isIn) {
    if (context.quotas?.isAdministrator(mail.name) === true) names.push("QUOTASET"); // RFC 9208
    if (!driver.compressed) names.push("COMPRESS=DEFLATE"); // RFC 4978
    return names.join(" ");
  }
  const plaintext = mayUsePlaintext(session);
  if (!driver.encrypted && context.identity !== undefined) names.push("STARTTLS");
  if (!plaintext) names.push("LOGINDISABLED");
  for (const { name } of offeredMechanisms(plaintext, session.connection.tls?.exporter))
    names.push(`AUTH=${name}`);
  return names.join(" ");
}

/** Whether a password may cross this wire. */
export function mayUsePlaintext({ driver, context }: ImapSession): boolean {
  return driver.encrypted || context.allowPlaintextAuth;
}
