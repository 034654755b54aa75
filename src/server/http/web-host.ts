/** The hosts a web door speaks for: one on a server, all of them in a lab. */
import type { Host } from "../host/host.ts";

export type WebHosts = () => readonly Host[];

export function hostOfAccount(hosts: WebHosts, account: string): Host | undefined {
  return hosts().find(({ store }) => store.account(account) !== undefined);
}
