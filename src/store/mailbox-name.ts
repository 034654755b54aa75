/** Names of mailboxes: what is allowed, and how they hang together. INBOX is one name in every case (RFC 9051 §5.1). */
import { HIERARCHY_SEPARATOR, MAILBOX_DEPTH_MAX, MAILBOX_NAME_OCTETS_MAX } from "./account-mail.ts";

export const INBOX = "INBOX";

/** The name as it is kept: NFC, INBOX in upper case, also as the first level. */
export function canonicalName(name: string): string {
  const normal = name.normalize("NFC");
  return /^inbox(?=$|\/)/i.test(normal) ? INBOX + normal.slice(INBOX.length) : normal;
}

/** What is wrong with the name of a mailbox to be made; undefined when nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "a mailbox needs a name";
  if (Buffer.byteLength(name) > MAILBOX_NAME_OCTETS_MAX) {
    return `a name may have ${MAILBOX_NAME_OCTETS_MAX} octets`;
  }
  const levels = name.split(HIERARCHY_SEPARATOR);
  if (levels.length > MAILBOX_DEPTH_MAX) return `a name may have ${MAILBOX_DEPTH_MAX} levels`;
  if (levels.includes("")) return "a level of the name is empty";
  if (levels.some((level) => level === "." || level === "..")) return "a level of the name is . or ..";
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name))
    return "a name holds no control characters (RFC 9051 §5.1)";
  if (/[*%]/.test(name)) return "a name holds no wildcards";
  if (!name.isWellFormed()) return "a name is well-formed Unicode";
  return undefined;
}

export function parentsOf(name: string): string[] {
  const levels = name.split(HIERARCHY_SEPARATOR);
  return levels.slice(1).map((_, index) => levels.slice(0, index + 1).join(HIERARCHY_SEPARATOR));
}

export function isBelow(name: string, parent: string): boolean {
  return name.startsWith(`${parent}${HIERARCHY_SEPARATOR}`);
}

/** INBOX first, then by name, parents before children. */
export function compareNames(a: string, b: string): number {
  if (a === INBOX || b === INBOX) return a === b ? 0 : a === INBOX ? -1 : 1;
  const x = a.replaceAll(HIERARCHY_SEPARATOR, "\u0000");
  const y = b.replaceAll(HIERARCHY_SEPARATOR, "\u0000");
  return x < y ? -1 : x > y ? 1 : 0;
}
