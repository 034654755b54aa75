/**
 * Enhanced mail status codes (RFC 3463, registry of RFC 5248): class.subject.detail, and what each says to a person.
 * An unknown code is legal and is explained by its subject, else by its class.
 *
 *     status-code = class "." subject "." detail       ; class 2, 4 or 5; the others up to three digits
 */

export type EnhancedStatus = {
  /** 2 done, 4 not now, 5 never. */
  readonly class: 2 | 4 | 5;
  readonly subject: number;
  readonly detail: number;
};

/** By subject and detail; RFC 3463 §3, RFC 7505 (1.10, 7.27), RFC 6531 (6.7 to 6.10), RFC 7372, RFC 4954, RFC 5248. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ["0.0", "Other undefined status"],
  ["1.0", "Other address status"],
  ["1.1", "Bad destination mailbox address"],
  ["1.2", "Bad destination system address"],
  ["1.3", "Bad destination mailbox address syntax"],
  ["1.4", "Destination mailbox address ambiguous"],
  ["1.5", "Destination address valid"],
  ["1.6", "Destination mailbox has moved, no forwarding address"],
  ["1.7", "Bad sender's mailbox address syntax"],
  ["1.8", "Bad sender's system address"],
  ["1.9", "Message relayed to non-compliant mailer"],
  ["1.10", "Recipient address has null MX"],
  ["2.0", "Other or undefined mailbox status"],
  ["2.1", "Mailbox disabled, not accepting messages"],
  ["2.2", "Mailbox full"],
  ["2.3", "Message length exceeds administrative limit"],
  ["2.4", "Mailing list expansion problem"],
  ["3.0", "Other or undefined mail system status"],
  ["3.1", "Mail system full"],
  ["3.2", "System not accepting network messages"],
  ["3.3", "System not capable of selected features"],
  ["3.4", "Message too big for system"],
  ["3.5", "System incorrectly configured"],
  ["3.6", "Requested priority was changed"],
  ["4.0", "Other or undefined network or routing status"],
  ["4.1", "No answer from host"],
  ["4.2", "Bad connection"],
  ["4.3", "Directory server failure"],
  ["4.4", "Unable to route"],
  ["4.5", "Mail system congestion"],
  ["4.6", "Routing loop detected"],
  ["4.7", "Delivery time expired"],
  ["5.0", "Other or undefined protocol status"],
  ["5.1", "Invalid command"],
  ["5.2", "Syntax error"],
  ["5.3", "Too many recipients"],
  ["5.4", "Invalid command arguments"],
  ["5.5", "Wrong protocol version"],
  ["5.6", "Authentication exchange line is too long"],
  ["6.0", "Other or undefined media error"],
  ["6.1", "Media not supported"],
  ["6.2", "Conversion required and prohibited"],
  ["6.3", "Conversion required but not supported"],
  ["6.4", "Conversion with loss performed"],
  ["6.5", "Conversion failed"],
  ["6.6", "Message content not available"],
  ["6.7", "Non-ASCII addresses not permitted for that sender or recipient"],
  ["6.8", "UTF-8 string reply is required, but not permitted by the SMTP client"],
  ["6.9", "UTF-8 header message cannot be transferred to one or more recipients"],
  ["7.0", "Other or undefined security status"],
  ["7.1", "Delivery not authorized, message refused"],
  ["7.2", "Mailing list expansion prohibited"],
  ["7.3", "Security conversion required but not possible"],
  ["7.4", "Security features not supported"],
  ["7.5", "Cryptographic failure"],
  ["7.6", "Cryptographic algorithm not supported"],
  ["7.7", "Message integrity failure"],
  ["7.8", "Authentication credentials invalid"],
  ["7.9", "Authentication mechanism is too weak"],
  ["7.10", "Encryption needed"],
  ["7.11", "Encryption required for requested authentication mechanism"],
  ["7.12", "A password transition is needed"],
  ["7.13", "User account disabled"],
  ["7.14", "Trust relationship required"],
  ["7.15", "Priority level is too low"],
  ["7.16", "Message is too big for the specified priority"],
  ["7.17", "Mailbox owner has changed"],
  ["7.18", "Domain owner has changed"],
  ["7.19", "RRVS test cannot be completed"],
  ["7.20", "No passing DKIM signature found"],
  ["7.21", "No acceptable DKIM signature found"],
  ["7.22", "No valid author-matched DKIM signature found"],
  ["7.23", "SPF validation failed"],
  ["7.24", "SPF validation error"],
  ["7.25", "Reverse DNS validation failed"],
  ["7.26", "Multiple authentication checks failed"],
  ["7.27", "Sender address has null MX"],
  ["7.28", "Mail flood detected"],
  ["7.29", "ARC validation failure"],
  ["7.30", "REQUIRETLS support required"],
]);

const CLASSES: Readonly<Record<EnhancedStatus["class"], string>> = {
  2: "Success",
  4: "Persistent transient failure",
  5: "Permanent failure",
};

export function parseStatus(text: string): EnhancedStatus | undefined {
  const found = /^([245])\.(\d{1,3})\.(\d{1,3})$/.exec(text.trim());
  if (found === null) return undefined;
  return { class: Number(found[1]) as 2 | 4 | 5, subject: Number(found[2]), detail: Number(found[3]) };
}

/** `Bad destination mailbox address`; never empty. */
export function statusText(status: string): string {
  const parsed = parseStatus(status);
  if (parsed === undefined) return "Undefined status";
  const known = TEXTS.get(`${parsed.subject}.${parsed.detail}`) ?? TEXTS.get(`${parsed.subject}.0`);
  return known ?? CLASSES[parsed.class];
}

/** The first enhanced status in a reply: `5.1.1` in `550 5.1.1 no such user` or `550-5.7.1 first line`. */
export function findStatus(reply: string): string | undefined {
  const found = /(?:^|[\s#(-])([245]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(reply.slice(0, 2_000));
  return found?.[1];
}
