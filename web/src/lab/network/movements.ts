/**
 * What the events of the lab mean for its picture: mail that moves from one host to another, a host at which something
 * happened. Remembers who talks over which connection, a bounded number. Pure but for that.
 */
import type { JournalEvent } from "../../../../src/journal/events.ts";

export type MovementTone = "smtp" | "dns" | "bounce" | "wait" | "fail" | "ok" | "webhook";

export type Movement =
  | {
      readonly kind: "flight";
      readonly from: string;
      readonly to: string;
      readonly tone: MovementTone;
      /** Whether it arrived; else it was turned away. */
      readonly arrives: boolean;
      readonly label: string;
    }
  | { readonly kind: "pulse"; readonly host: string; readonly tone: MovementTone };

export type Movements = { take(event: JournalEvent): Movement | undefined };

/** Limit: connections remembered; one that is older has its message shown no more. */
const CONNECTIONS_MAX = 2_000;
/** Ports of mail: a failed connection to another is a question or a call, not mail. */
const MAIL_PORTS = new Set(["25", "465", "587", "2525"]);

/** `nameOf` gives the node with an address; `isOurs` whether that node writes events of its own. */
export function trackMovements(
  nameOf: (address: string) => string | undefined,
  isOurs: (name: string) => boolean,
): Movements {
  const peers = new Map<string, string>();

  function remember(connection: string, remote: string): void {
    const peer = nameOf(addressOf(remote));
    if (peer === undefined) return;
    peers.set(connection, peer);
    if (peers.size > CONNECTIONS_MAX) for (const oldest of peers.keys()) return void peers.delete(oldest);
  }

  return {
    take(event) {
      const { host } = event;
      switch (event.kind) {
        case "connection.opened":
          return void remember(event.connection, event.remote);
        case "connection.closed":
          // Its outcome may come after it: the bound forgets it soon enough.
          return undefined;
        case "message.received": {
          const tone = event.reversePath === "" ? "bounce" : "smtp";
          const from = event.connection === undefined ? undefined : peers.get(event.connection);
          if (from === undefined) return { kind: "pulse", host, tone };
          return { kind: "flight", from, to: host, tone, arrives: true, label: event.subject ?? "message" };
        }
        case "message.refused": {
          const from = event.connection === undefined ? undefined : peers.get(event.connection);
          // A host of the lab tells the outcome itself.
          if (from === undefined || isOurs(from)) return undefined;
          return { kind: "flight", from, to: host, tone: "fail", arrives: false, label: event.reply };
        }
        case "connection.failed": {
          const to = nameOf(addressOf(event.to));
          if (to === undefined || !MAIL_PORTS.has(portOf(event.to))) return undefined;
          return { kind: "flight", from: host, to, tone: "fail", arrives: false, label: event.fault };
        }
        case "outcome":
          return ofOutcome(
            event,
            event.connection === undefined ? undefined : peers.get(event.connection),
            isOurs,
          );
        case "store":
        case "drop":
          return { kind: "pulse", host, tone: "ok" };
        case "dns.served":
          return { kind: "pulse", host, tone: event.rcode === "SERVFAIL" ? "fail" : "dns" };
        case "webhook":
          return { kind: "pulse", host, tone: "webhook" };
        default:
          return undefined;
      }
    },
  };
}

function ofOutcome(
  { host, result, reply }: Extract<JournalEvent, { kind: "outcome" }>,
  to: string | undefined,
  isOurs: (name: string) => boolean,
): Movement | undefined {
  if (result === "relayed" && to !== undefined && !isOurs(to))
    return { kind: "flight", from: host, to, tone: "smtp", arrives: true, label: reply };
  if (result !== "deferred" && result !== "failed" && result !== "expired") return undefined;
  const tone = result === "deferred" ? "wait" : "fail";
  if (to === undefined) return { kind: "pulse", host, tone };
  return { kind: "flight", from: host, to, tone, arrives: false, label: reply };
}

/** `[fd66::21]:25` and `10.66.0.21:25`. */
function addressOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}

function portOf(endpoint: string): string {
  return /:(\d+)$/.exec(endpoint)?.[1] ?? "";
}
