/** NOTIFY (RFC 5465 §8). */
import type { ImapCommandBody } from "./command.ts";
import type { CommandScanner } from "./command-scanner.ts";
import type { NotifyEvent, NotifyGroup, NotifyMailboxes } from "./notify-command.ts";
import { parseInnerItems } from "./parse-fetch.ts";

const EVENTS = [
  "MessageExpunge",
  "FlagChange",
  "AnnotationChange",
  "MailboxName",
  "SubscriptionChange",
  "MailboxMetadataChange",
  "ServerMetadataChange",
] as const;

/** Limit: groups of one NOTIFY. */
const GROUPS_MAX = 50;

/** Lenient: several groups stand one after the other with or without brackets around them all. */
export function parseNotify(scanner: CommandScanner): ImapCommandBody {
  scanner.space();
  if (scanner.skipWord("NONE")) return { name: "notify", set: undefined };
  if (!scanner.skipWord("SET")) scanner.fail("SET or NONE");
  const status = scanner.space().skipWord("STATUS");
  if (status) scanner.space();
  const groups: NotifyGroup[] = [];
  do {
    if (groups.length > 0) scanner.space();
    scanner.expect("(");
    const mailboxes = parseNotifyMailboxes(scanner);
    groups.push({ mailboxes, events: parseEvents(scanner.space()) });
    scanner.expect(")");
  } while (scanner.peek() === " " && groups.length < GROUPS_MAX);
  return { name: "notify", set: { status, groups } };
}

export function parseNotifyMailboxes(scanner: CommandScanner): NotifyMailboxes {
  for (const kind of ["selected-delayed", "selected", "inboxes", "personal", "subscribed"] as const)
    if (scanner.skipWord(kind)) return { kind };
  for (const kind of ["subtree", "mailboxes"] as const) {
    if (!scanner.skipWord(kind)) continue;
    return { kind, names: parseMailboxNames(scanner.space()) };
  }
  return scanner.fail("SELECTED, SELECTED-DELAYED, INBOXES, PERSONAL, SUBSCRIBED, SUBTREE or MAILBOXES");
}

//  one-or-more-mailbox = mailbox / many-mailboxes
export function parseMailboxNames(scanner: CommandScanner): string[] {
  return scanner.peek() === "(" ? scanner.list(() => scanner.mailbox()) : [scanner.mailbox()];
}

function parseEvents(scanner: CommandScanner): NotifyEvent[] {
  if (scanner.skipWord("NONE")) return [];
  return scanner.list((): NotifyEvent => {
    if (scanner.skipWord("MessageNew")) {
      return { kind: "MessageNew", items: scanner.skip(" (") ? parseInnerItems(scanner) : undefined };
    }
    const word = scanner.word("an event");
    // One that nobody knows is an answer of NO, which is the door's to give (RFC 5465 §3.1).
    return { kind: EVENTS.find((event) => event.toUpperCase() === word) ?? "unknown" };
  });
}
