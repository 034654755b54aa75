/** LSUB (RFC 3501 §6.3.9): subscribed names; a parent of some that match is shown with \Noselect. */
import { ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { matcherOf, nodesOf } from "../mailbox-tree.ts";

export const lsub: Handler<"lsub"> = (session, { reference, pattern }) => {
  const matches = matcherOf([reference + pattern]);
  const { writer } = session.output;
  for (const node of nodesOf(session, { subscriptions: true })) {
    if (!matches(node.name)) continue;
    const isShown = node.subscribed || (node.subscribedBelow && pattern.endsWith("%"));
    if (!isShown) continue;
    const isSelectable = node.subscribed && node.found !== undefined;
    writer
      .raw(`* LSUB (${isSelectable ? "" : "\\Noselect"}) "/" `)
      .mailbox(node.name)
      .raw("\r\n");
  }
  return ok("LSUB completed");
};
