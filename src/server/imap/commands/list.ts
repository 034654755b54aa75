/** LIST (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154, RFC 8440, RFC 9590). */
import type { ListCommand } from "../../../protocol/imap/list-command.ts";
import { ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { matcherOf, nodesOf, type MailboxNode } from "../mailbox-tree.ts";
import { writeEntries } from "../metadata-entries.ts";
import { reportStatus } from "../report-status.ts";
import { shownRights } from "../rights.ts";
import type { ImapSession } from "../session.ts";
import { attributeOf } from "../special-use.ts";

export const list: Handler<"list"> = async (session, command) => {
  const { writer } = session.output;
  if (!command.extended && command.patterns[0] === "") {
    // Asks for the separator (RFC 9051 §6.3.9).
    writer.raw('* LIST (\\Noselect) "/" ""\r\n');
    return ok("LIST completed");
  }
  const matches = matcherOf(command.patterns.map((pattern) => command.reference + pattern));
  const nodes = nodesOf(session, { subscriptions: command.select.includes("subscribed") });
  for (const node of nodes) {
    if (!matches(node.name) || !isChosen(node, command, true)) continue;
    writeNode(session, node, command);
    // What is listed for its children's sake only has no more to say (RFC 5819 §3).
    if (isChosen(node, command, false)) await writeExtras(session, node, command);
    if (session.output.isFull) await session.output.pace();
  }
  return ok("LIST completed");
};

function isChosen(node: MailboxNode, { select }: ListCommand, forChildren: boolean): boolean {
  if (select.includes("special-use") && node.found?.mailbox.role === undefined) return false;
  if (select.includes("subscribed"))
    return node.subscribed || (forChildren && select.includes("recursivematch") && node.subscribedBelow);
  return true;
}

function writeNode(session: ImapSession, node: MailboxNode, command: ListCommand): void {
  const { writer } = session.output;
  const attributes: string[] = [];
  if (node.found === undefined) {
    attributes.push("\\NonExistent");
    // Clients of IMAP4rev1 know only this one (RFC 5258 §3.4).
    if (!session.enabled.imap4rev2) attributes.push("\\Noselect");
  }
  if (node.subscribed && (command.return.subscribed || command.select.includes("subscribed")))
    attributes.push("\\Subscribed");
  attributes.push(node.hasChildren ? "\\HasChildren" : "\\HasNoChildren");
  const role = node.found?.mailbox.role;
  if (role !== undefined) attributes.push(attributeOf(role));
  writer.raw(`* LIST (${attributes.join(" ")}) "/" `).mailbox(node.name);
  if (command.select.includes("recursivematch") && node.subscribedBelow)
    writer.raw(' ("CHILDINFO" ("SUBSCRIBED"))');
  writer.raw("\r\n");
}

async function writeExtras(session: ImapSession, node: MailboxNode, command: ListCommand): Promise<void> {
  const { found } = node;
  if (found === undefined) return;
  const { status, myRights, metadata } = command.return;
  const { writer } = session.output;
  if (myRights)
    writer
      .raw("* MYRIGHTS ")
      .mailbox(node.name)
      .raw(` ${shownRights(found.rights)}\r\n`);
  if (!found.rights.includes("r")) return;
  if (status !== undefined) await reportStatus(session, found, status);
  if (metadata !== undefined) writeEntries(session, found, metadata);
}
