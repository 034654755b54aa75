/** The message that somebody who sees a lab for the first time sends: between two accounts, over as many hosts as can be. Pure. */
import type { HostView, LabGraph } from "../../../../src/lab/api/views.ts";

export type FirstMessage = {
  readonly from: string;
  readonly to: string;
  readonly server: string | undefined;
};

/** Undefined in a lab without two accounts. */
export function firstMessage(
  hosts: readonly HostView[],
  { edges }: Pick<LabGraph, "edges">,
): FirstMessage | undefined {
  const mailboxes = hosts.flatMap(({ name, domains, users, relaysForYou }) =>
    users.flatMap((user) =>
      domains.some((domain) => domain.includes(".") && user.name.endsWith(`@${domain}`))
        ? [{ address: user.name, host: name, relaysForYou }]
        : [],
    ),
  );
  // Behind a relay there is more to see.
  const behind = new Set(edges.flatMap(({ kind, to }) => (kind === "relay" ? [to] : [])));
  const sender = mailboxes.find(({ relaysForYou }) => relaysForYou) ?? mailboxes[0];
  const others = mailboxes.filter(
    ({ address, host }) => address !== sender?.address && host !== sender?.host,
  );
  const recipient =
    others.find(({ host }) => behind.has(host)) ?? others[0] ?? mailboxes.find((one) => one !== sender);
  if (sender === undefined || recipient === undefined) return undefined;
  const server = sender.relaysForYou ? sender.host : undefined;
  return { from: sender.address, to: recipient.address, server };
}
