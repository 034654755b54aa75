/**
 * One exchange of lines as both ends saw it: the two recordings laid over each other, so that what one said and the
 * other never heard (or heard changed) stands out. Pure. The server's order is the order, since it is the server that acts.
 */
import type { ConnectionRecord, Exchange } from "./connections.ts";
import type { EventOf, JournalEvent, Side } from "./events.ts";

export type ConversationItem = {
  readonly kind: "line" | "content" | "tls" | "policy" | "fault" | "closed";
  /** Who said it, or whose doing it was. */
  readonly by: Side;
  readonly text: string;
  readonly at: number;
  /** Milliseconds since the connection was opened. */
  readonly offsetMs: number;
  /** Which ends recorded it: "client" alone means the server never got it. */
  readonly seenBy: "both" | Side;
  /** On its way: said last on a connection that is still open, so that the other end may hear it yet. */
  readonly pending?: true;
  readonly event: JournalEvent;
};

/** One end: the host when it writes into this journal, and its endpoint `10.66.0.21:25`. */
export type ConversationEnd = { readonly host: string | undefined; readonly endpoint: string };

export type Conversation = {
  /** The connection id at the end that is shown first: the client's if known. */
  readonly connection: string;
  readonly protocol: string;
  readonly client: ConversationEnd;
  readonly server: ConversationEnd;
  readonly openedAt: number;
  /** How many exchanges this connection carried before. */
  readonly earlier: number;
  readonly items: readonly ConversationItem[];
};

/** The conversation of an exchange, or of a connection that never came to a MAIL. Give the ends that are known. */
export function converse(
  connection: ConnectionRecord,
  exchange: Exchange | undefined,
  peer: ConnectionRecord | undefined = connection.peer,
): Conversation {
  const client = connection.side === "client" ? connection : peer;
  const server = connection.side === "server" ? connection : peer;
  const ordinal = exchange?.ordinal ?? 0;
  const openedAt = (client ?? connection).openedAt;
  const clientView = client === undefined ? [] : viewOf(client, ordinal, openedAt);
  const serverView = server === undefined ? [] : viewOf(server, ordinal, openedAt);
  return {
    connection: (client ?? connection).id,
    protocol: connection.protocol,
    client: { host: client?.host, endpoint: client?.local ?? connection.remote },
    server: { host: server?.host, endpoint: server?.local ?? connection.remote },
    openedAt,
    earlier: ordinal,
    items: merge(clientView, serverView),
  };
}

/** The whole connection, from its greeting to its end, however many messages it carried. */
export function converseWhole(connection: ConnectionRecord): Conversation {
  const { peer } = connection;
  const client = connection.side === "client" ? connection : peer;
  const server = connection.side === "server" ? connection : peer;
  const openedAt = (client ?? connection).openedAt;
  return {
    connection: (client ?? connection).id,
    protocol: connection.protocol,
    client: { host: client?.host, endpoint: client?.local ?? connection.remote },
    server: { host: server?.host, endpoint: server?.local ?? connection.remote },
    openedAt,
    earlier: 0,
    items: merge(
      client === undefined ? [] : itemsOf(client, client.events, openedAt),
      server === undefined ? [] : itemsOf(server, server.events, openedAt),
    ),
  };
}

/** What one end recorded of its nth exchange, with the preamble when it is the first. */
function viewOf(record: ConnectionRecord, ordinal: number, openedAt: number): ConversationItem[] {
  const fromId = ordinal === 0 ? record.firstId : (record.exchanges[ordinal]?.firstId ?? Infinity);
  const toId = record.exchanges[ordinal + 1]?.firstId ?? Infinity;
  const mine = record.events.filter((event) => event.id >= fromId && event.id < toId);
  return itemsOf(record, mine, openedAt);
}

function itemsOf(
  record: ConnectionRecord,
  events: readonly JournalEvent[],
  openedAt: number,
): ConversationItem[] {
  const items: ConversationItem[] = [];
  for (const event of events) {
    const said = describe(event, record);
    if (said !== undefined) {
      items.push({ ...said, at: event.at, offsetMs: event.at - openedAt, seenBy: record.side, event });
    }
  }
  return items;
}

function describe(
  event: JournalEvent,
  record: ConnectionRecord,
): Pick<ConversationItem, "kind" | "by" | "text"> | undefined {
  switch (event.kind) {
    case "line":
      return { kind: "line", by: event.by, text: event.text };
    case "content":
      return { kind: "content", by: event.by, text: contentText(event) };
    case "tls.started":
      return { kind: "tls", by: "client", text: `TLS: ${event.protocol} ${event.cipher}` };
    case "tls.failed":
      return { kind: "tls", by: "client", text: `TLS failed: ${event.detail}` };
    case "policy":
      return { kind: "policy", by: record.side, text: `${event.check}: ${event.verdict} (${event.subject})` };
    case "fault.fired":
      return {
        kind: "fault",
        by: record.side,
        text: `fault ${event.fault} at ${event.point}: ${event.action}`,
      };
    case "connection.closed":
      return { kind: "closed", by: record.side, text: event.why };
    default:
      return undefined;
  }
}

function contentText({ sizeBytes, lineCount, refused }: EventOf<"content">): string {
  if (refused === true) return `${sizeBytes} bytes, read away: they were refused`;
  return lineCount === undefined ? `${sizeBytes} bytes` : `${sizeBytes} bytes, ${lineCount} lines`;
}

/** Limit: how far ahead a line is looked for on the other side before it counts as unheard. */
const LOOK_AHEAD_MAX = 64;

function merge(client: readonly ConversationItem[], server: readonly ConversationItem[]): ConversationItem[] {
  if (client.length === 0) return [...server];
  if (server.length === 0) return [...client];
  const matches = new Map<number, number>(); // client index → server index
  for (const by of ["client", "server"] as const) match(client, server, by, matches);
  const matchedServer = new Map([...matches].map(([c, s]) => [s, c]));
  const before = new Map<number, ConversationItem[]>();
  let anchor = server.length;
  for (let c = client.length - 1; c >= 0; c--) {
    const s = matches.get(c);
    if (s !== undefined) anchor = s;
    else before.set(anchor, [client[c] as ConversationItem, ...(before.get(anchor) ?? [])]);
  }
  const merged: ConversationItem[] = [];
  for (const [s, item] of server.entries()) {
    merged.push(...(before.get(s) ?? []));
    const c = matchedServer.get(s);
    if (c === undefined) merged.push(item);
    else merged.push(bothSaw(client[c] as ConversationItem, item));
  }
  return withPending([...merged, ...(before.get(server.length) ?? [])]);
}

function withPending(items: readonly ConversationItem[]): ConversationItem[] {
  const last = items.findLastIndex(({ seenBy }) => seenBy === "both");
  const isOpen = items.every(({ kind }) => kind !== "closed");
  return items.map((item, index) =>
    isOpen && index > last && item.seenBy === item.by ? { ...item, pending: true } : item,
  );
}

/** As whoever said it wrote it down; what became of a content only the server knows. */
function bothSaw(client: ConversationItem, server: ConversationItem): ConversationItem {
  const { event } = server;
  if (event.kind === "content" && event.refused === true)
    return { ...client, text: server.text, seenBy: "both" };
  return { ...(server.by === "client" ? client : server), seenBy: "both" };
}

/** Pairs what one speaker said with what was heard, in order, forgiving what is missing on either side. */
function match(
  client: readonly ConversationItem[],
  server: readonly ConversationItem[],
  by: Side,
  matches: Map<number, number>,
): void {
  const said = indexesOf(client, by);
  const heard = indexesOf(server, by);
  const same = (c: number | undefined, s: number | undefined): boolean =>
    c !== undefined && s !== undefined && keyOf(client[c]) === keyOf(server[s]);
  let j = 0;
  for (const c of said) {
    for (let ahead = 0; ahead < LOOK_AHEAD_MAX && j + ahead < heard.length; ahead++) {
      const s = heard[j + ahead];
      if (!same(c, s)) continue;
      matches.set(c, s as number);
      j += ahead + 1;
      break;
    }
  }
}

/** Both ends record these; verdicts, faults and the closing are one end's own. */
function indexesOf(items: readonly ConversationItem[], by: Side): number[] {
  const indexes: number[] = [];
  for (const [index, item] of items.entries()) {
    const shared = item.kind === "line" || item.kind === "content" || item.kind === "tls";
    if (shared && item.by === by) indexes.push(index);
  }
  return indexes;
}

/** What must agree for two records to be the same saying: of content its presence, for each end counts in its own way. */
function keyOf(item: ConversationItem | undefined): string {
  return item === undefined ? "" : item.kind === "line" ? item.text : item.kind;
}
