/** The connections of one host out of the journal: those that are open, and the latest that were. Pure. */
import type { EventOf, JournalEvent } from "../../../journal/events.ts";

export type ConnectionView = {
  readonly id: string;
  readonly protocol: string;
  readonly side: "server" | "client";
  readonly local: string;
  readonly remote: string;
  readonly openedAt: number;
  /** Undefined while it is open. */
  closedAt: number | undefined;
  why: string | undefined;
  /** `TLSv1.3`; undefined without TLS. */
  tls: string | undefined;
  account: string | undefined;
  lines: number;
  messages: number;
  warnings: number;
};

/** Newest first. A connection whose opening the ring has forgotten is not there. */
export function connectionsOf(events: readonly JournalEvent[], host: string): ConnectionView[] {
  const views = new Map<string, ConnectionView>();
  for (const event of events) {
    if (event.host !== host) continue;
    if (event.kind === "connection.opened") views.set(event.connection, opened(event));
    else note(views.get(connectionOf(event) ?? ""), event);
  }
  return [...views.values()].toReversed();
}

function connectionOf(event: JournalEvent): string | undefined {
  return ("connection" in event ? event.connection : undefined) ?? event.trace;
}

function opened(event: EventOf<"connection.opened">): ConnectionView {
  const { connection: id, protocol, side, local, remote, at: openedAt } = event;
  const nothing = { closedAt: undefined, why: undefined, tls: undefined, account: undefined };
  return { id, protocol, side, local, remote, openedAt, ...nothing, lines: 0, messages: 0, warnings: 0 };
}

function note(view: ConnectionView | undefined, event: JournalEvent): void {
  if (view === undefined) return;
  switch (event.kind) {
    case "line":
      view.lines++;
      break;
    case "content":
      if (event.refused !== true) view.messages++;
      break;
    case "tls.started":
      view.tls = event.protocol;
      break;
    case "policy":
      if (event.check === "login" && event.verdict === "accept") view.account = event.subject;
      else if (event.verdict !== "accept") view.warnings++;
      break;
    case "tls.failed":
    case "warning":
      view.warnings++;
      break;
    case "connection.closed":
      view.closedAt = event.at;
      view.why = event.why;
      break;
    default:
  }
}
