/**
 * Opens a Host's doors: one line of the table for each service. They share one authenticator, and those that take
 * mail one reception. Throws Faults of a port; what was opened by then is in `closers`.
 */
import { isFault } from "../../base/fault.ts";
import type { Endpoint } from "../../base/network.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { AccountNames } from "../../mta/reception/accepted-domains.ts";
import { createReception } from "../../mta/reception/create-reception.ts";
import type { Service } from "../../settings/services.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import { accountKey } from "../../store/create-mail-store.ts";
import type { Account, MailStore } from "../../store/mail-store.ts";
import { startWebServer } from "../http/host-web.ts";
import { type QuotaRules, startImapServer } from "../imap/server.ts";
import { createHeldMaildrops } from "../pop3/held-maildrops.ts";
import { startPop3Server } from "../pop3/server.ts";
import { startSmtpServer } from "../smtp/server.ts";
import type { Host, HostParts } from "./host.ts";

export type Door = {
  readonly service: string;
  readonly endpoint: Endpoint;
  readonly tls: "offer" | "implicit" | "off";
};

type Listen = HostSettings["listen"][number];
type OpenDoor = { readonly endpoint: Endpoint; close(): Promise<void> };
type Opener = (listen: Listen) => Promise<OpenDoor>;

/** What was opened, and how it is closed again, is added to `opened` one by one. */
export async function openDoors(
  parts: HostParts,
  recorder: Recorder,
  host: Host,
  opened: { readonly doors: Door[]; readonly closers: (() => Promise<void>)[] },
): Promise<void> {
  const open = openers(parts, recorder, host);
  for (const listen of parts.settings.listen) {
    const { service, tls, at } = listen;
    const addresses = at.address === "*" ? EVERY_ADDRESS : [at.address];
    for (const address of addresses) {
      let server: OpenDoor;
      try {
        server = await open[service]({ ...listen, at: { ...at, address } });
      } catch (error) {
        // A machine without IPv6 has no less to offer for it.
        if (address === "::" && addresses.length > 1 && isFault(error, "unreachable")) continue;
        throw error;
      }
      opened.closers.push(() => server.close());
      opened.doors.push({
        service,
        endpoint: server.endpoint,
        tls: parts.identity === undefined ? "off" : tls,
      });
    }
  }
}

/** What `*` stands for. */
const EVERY_ADDRESS = ["0.0.0.0", "::"];

/** To add a service: a line here, and one in settings/services.ts. */
function openers(parts: HostParts, recorder: Recorder, host: Host): Record<Service, Opener> {
  const { queue, misbehaviour, authenticator } = host;
  const { settings, store, world } = parts;
  let hasAccounts = false;
  const offersAuth = (): boolean => (hasAccounts ||= store.accounts().length > 0);
  const reception = createReception({
    world,
    recorder,
    settings,
    queue,
    authenticator,
    misbehaviour,
    resolver: parts.resolver,
    accounts: accountNames(store),
    hasRoom: (account, sizeBytes) => hasRoom(store.account(account), sizeBytes),
  });
  const shared = ({ at, tls }: Listen) => ({
    world,
    recorder,
    endpoint: at,
    hostname: settings.hostname,
    identity: tls === "off" ? undefined : parts.identity,
    implicitTls: tls === "implicit",
    allowPlaintextAuth: settings.authentication.withoutTls,
  });
  const smtp =
    (service: "smtp" | "submission" | "lmtp"): Opener =>
    (listen) =>
      startSmtpServer({
        ...shared(listen),
        reception,
        service,
        auth: offersAuth,
        limits: {
          sizeBytesMax: settings.limits.message,
          recipientsMax: settings.limits.recipients,
          connectionsMax: settings.limits.connections,
          connectionsPerAddressMax: settings.limits.connectionsPerClient,
          bareNewline: settings.policies.bareNewline,
        },
        intercept: parts.intercept,
      });
  const imap: Opener = (listen) =>
    startImapServer({
      ...shared(listen),
      authenticator,
      misbehaviour,
      store,
      limits: { appendBytesMax: settings.limits.message },
      quotas: quotaRules(settings),
    });
  const held = createHeldMaildrops();
  const pop3: Opener = (listen) =>
    startPop3Server({ ...shared(listen), authenticator, misbehaviour, store, held });
  return {
    pop3,
    pop3s: pop3,
    smtp: smtp("smtp"),
    submission: smtp("submission"),
    lmtp: smtp("lmtp"),
    imap,
    imaps: imap,
    http: (listen) => startWebServer(parts.web, host, { endpoint: listen.at }),
    https: (listen) => startWebServer(parts.web, host, { endpoint: listen.at, identity: parts.identity }),
  };
}

export function accountNames(store: MailStore): AccountNames {
  return (address) => store.account(address)?.name;
}

/** Administrators change quotas; what the settings give at each start is theirs to change. */
function quotaRules({ administrators, accounts }: HostSettings): QuotaRules {
  const isAmong = (names: readonly string[], account: string): boolean =>
    names.some((name) => accountKey(name) === accountKey(account));
  const fixed = Object.keys(accounts).filter((name) => accounts[name]?.quota !== undefined);
  return {
    isAdministrator: (account) => isAmong(administrators, account),
    isFixed: (account) => isAmong(fixed, account),
  };
}

/** At least one message of at least one octet more. An account that is gone is not full: delivery says what it is. */
function hasRoom(account: Account | undefined, sizeBytes: number): boolean {
  if (account === undefined) return true;
  const { usedBytes, quotaBytes = Infinity, usedMessages, quotaMessages = Infinity } = account;
  return usedBytes + Math.max(sizeBytes, 1) <= quotaBytes && usedMessages < quotaMessages;
}
