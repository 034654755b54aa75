/** NOTIFY (RFC 5465 §3.1): what a client wants to be told of from now on. The first news come before it ends. */
import type { NotifyGroup } from "../../../protocol/imap/notify-command.ts";
import { bad, type Completion, no, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { Notifier } from "../notifier.ts";

const MESSAGE_EVENTS = ["MessageNew", "MessageExpunge", "FlagChange"] as const;
const EVENTS = [
  ...MESSAGE_EVENTS,
  "MailboxName",
  "SubscriptionChange",
  "MailboxMetadataChange",
  "ServerMetadataChange",
] as const;

export const notify: Handler<"notify"> = (session, { set }) => {
  const refused = objection(set?.groups ?? []);
  if (refused !== undefined) return refused;
  session.notifier?.stop();
  // It is a NOOP too: what gathered is told first, to whom it concerns.
  session.notifier = undefined;
  const { groups, status } = set ?? { groups: [], status: false };
  const notifier = new Notifier(session, { groups, status });
  if (notifier.selected !== undefined) session.tellNews(true);
  session.notifier = notifier;
  notifier.introduce(status);
  return ok("NOTIFY completed");
};

/** RFC 5465 §5: which events go together, and where. */
function objection(groups: readonly NotifyGroup[]): Completion | undefined {
  const unknown = groups
    .flatMap(({ events }) => events)
    .some(({ kind }) => !(EVENTS as readonly string[]).includes(kind));
  if (unknown) return no("one of these events is not known here", `BADEVENT (${EVENTS.join(" ")})`);
  const ofSelected = groups.filter(({ mailboxes: { kind } }) => kind.startsWith("selected"));
  if (ofSelected.length > 1) return bad("SELECTED and SELECTED-DELAYED may stand once, and one of them");
  for (const group of groups) {
    const has = (kind: string): boolean => group.events.some((event) => event.kind === kind);
    if (has("MessageNew") !== has("MessageExpunge")) return bad("MessageNew and MessageExpunge go together");
    if (has("FlagChange") && !has("MessageNew")) return bad("FlagChange needs MessageNew and MessageExpunge");
    const isOther = group.events.some(({ kind }) => !(MESSAGE_EVENTS as readonly string[]).includes(kind));
    if (ofSelected.includes(group) && isOther) return bad("SELECTED is for events of messages");
  }
  return undefined;
}
