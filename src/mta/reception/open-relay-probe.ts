/**
 * Asks our own relay policy what a stranger would: the classic forms by which relays were found open. A server that
 * would carry any of them refuses to start. Pure.
 */
import { parsePath } from "../../message/address/path.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import type { RelayPolicy } from "./relay-policy.ts";

/** RFC 5737 and RFC 3849: addresses that belong to nobody, on any network. */
const STRANGERS = ["192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1"];
const TARGET = "probe.invalid"; // RFC 2606: never a domain

/** The recipients a stranger tries; `host` is our name, `address` our own address. */
export function probeForms(host: string, address: string): readonly string[] {
  return [
    `<victim@${TARGET}>`,
    `<victim%${TARGET}@${host}>`,
    `<victim%${TARGET}@[${address}]>`,
    `<"victim@${TARGET}"@${host}>`,
    `<"victim%${TARGET}"@${host}>`,
    `<@${host}:victim@${TARGET}>`,
    `<@[${address}]:victim@${TARGET}>`,
    `<${TARGET}!victim@${host}>`,
    `<${TARGET}!victim@[${address}]>`,
    `<victim@${TARGET}@${host}>`,
    `<"victim@${TARGET}">`,
    `<victim%${TARGET}>`,
    `<${TARGET}!victim>`,
    `<@${host},@${TARGET}:victim@${TARGET}>`,
    `<VICTIM@[${TARGET}]>`,
  ];
}

/** The forms this policy would relay for a stranger; none on a closed server. */
export function probeOpenRelay(settings: HostSettings, policy: RelayPolicy): readonly string[] {
  const address = settings.addresses[0] ?? "127.0.0.1";
  const carried: string[] = [];
  for (const stranger of STRANGERS) {
    const client = {
      remote: { address: stranger, port: 40_000 },
      account: undefined,
      service: "smtp",
    } as const;
    for (const form of probeForms(settings.hostname, address)) {
      const path = parsePath(form);
      if (!path.ok || path.value.kind !== "mailbox") continue;
      const verdict = policy(client, path.value.mailbox);
      // A local mailbox of that odd name (a catch-all) is ours to take; only what would leave us is a relay.
      if (verdict.accept && verdict.reason.rule !== "local recipient")
        carried.push(`${form} from ${stranger}`);
    }
  }
  return carried;
}
