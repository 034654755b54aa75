/** Connections: every one that was opened or failed to, also those that carried no mail. */
import { z } from "zod";
import { explainTalk } from "../../journal/explain-talk.ts";
import type { FailedDial } from "../../journal/index/connection-book.ts";
import type { LightConnection } from "../../journal/index/light-connection.ts";
import { matchesQuery, type Query } from "../../journal/query.ts";
import { sessionOf } from "../../journal/session-of.ts";
import { ApiError } from "../../server/http/api-error.ts";
import type { Lab } from "../lab.ts";
import { labRoute } from "./lab-place.ts";
import { queryOf } from "./request.ts";
import {
  explainSchema,
  explainedSchema,
  sessionPageSchema,
  sessionSchema,
  type SessionView,
} from "./session-views.ts";

/** Limit: a page of the list. */
const PAGE_MAX = 1_000;

export const sessionRoutes = [
  labRoute(
    {
      method: "get",
      path: "/sessions",
      summary: "Connections, newest first, also those that carried no mail.",
      query: z.strictObject({
        q: z.string().default("").describe("host: text: kind:imap, id:, or words."),
        offset: z.coerce.number().int().nonnegative().default(0),
        limit: z.coerce.number().int().positive().max(PAGE_MAX).default(100),
      }),
      answer: sessionPageSchema,
      example: { path: "/sessions?q=host:kerio" },
    },
    ({ lab }, { query: { q, offset, limit } }) => {
      const query = queryOf(q);
      const all = sessionViews(lab).filter((session) => query.length === 0 || sessionMatches(session, query));
      return { total: all.length, offset, items: all.slice(offset, offset + limit) };
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/sessions/:id",
      summary: "One connection: the whole conversation as both ends saw it, and what was wrong about it.",
      params: z.strictObject({ id: z.string().describe("The connection id at either end.") }),
      answer: sessionSchema,
    },
    ({ lab: { index, journal } }, { params: { id } }) => {
      const known = index.connections.get(id);
      const first = Math.min(known?.firstId ?? journal.firstId, known?.peer?.firstId ?? Infinity);
      const session = sessionOf(journal.read(first - 1), id);
      if (session !== undefined) return session;
      throw new ApiError(
        404,
        known === undefined ? "there is no such connection" : "the journal has forgotten this conversation",
      );
    },
  ),
  labRoute(
    {
      method: "post",
      path: "/explain",
      summary: "What each line of a conversation in SMTP, IMAP or POP3 means, and where it is written.",
      notes: "In order, with the replies where they came: which command a reply answers matters.",
      body: explainSchema,
      answer: z.array(explainedSchema).describe("One for each line; null where nothing is known."),
      example: { path: "/explain", body: { items: [{ by: "client", text: "MAIL FROM:<> SIZE=200" }] } },
    },
    (_, { body: { items, protocol } }) => explainTalk(items, protocol).map((one) => one ?? null),
  ),
];

/** Newest first; the two ends of a connection are one session. */
function sessionViews({ index, journal }: Lab): SessionView[] {
  const { all, failed } = index.connections;
  const views: SessionView[] = failed.map(failedView);
  for (const connection of all.values()) {
    // The server's end stands for both.
    if (connection.side === "client" && connection.peer !== undefined) continue;
    views.push(sessionView(connection, journal.firstId));
  }
  return views.sort((a, b) => b.openedAt - a.openedAt);
}

function sessionView(connection: LightConnection, firstId: number): SessionView {
  const { id, protocol, openedAt, lastAt, closed, tls, lineCount, sizeBytes, peer, lastReply } = connection;
  const [client, server] = connection.side === "client" ? [connection, peer] : [peer, connection];
  return {
    id,
    protocol,
    client: { host: client?.host, endpoint: client?.local ?? connection.remote },
    server: { host: server?.host, endpoint: server?.local ?? connection.remote },
    openedAt,
    endedAt: lastAt,
    state: closed === undefined ? "open" : "closed",
    why: closed,
    tls: tls ?? peer?.tls,
    lines: lineCount,
    sizeBytes,
    messages: connection.messageCount,
    warnings: connection.warningCount + (peer?.warningCount ?? 0),
    lastReply,
    whole: connection.firstId >= firstId,
  };
}

function failedView({ id, at, host, to, from, detail }: FailedDial): SessionView {
  const nothing = { lines: 0, sizeBytes: 0, messages: 0, warnings: 1, whole: false };
  const ends = { client: { host, endpoint: from ?? "" }, server: { endpoint: to } };
  return {
    id: `failed-${id}`,
    protocol: "",
    ...ends,
    openedAt: at,
    endedAt: at,
    state: "failed",
    why: detail,
    ...nothing,
  };
}

function sessionMatches(session: SessionView, query: Query): boolean {
  const { id, client, server, protocol, state, why = "", lastReply = "" } = session;
  return matchesQuery(query, (field) => {
    switch (field) {
      case "id":
        return [id];
      case "host":
        return [client.host, server.host].filter((host) => host !== undefined);
      case "kind":
        return [protocol];
      case "result":
        return [state];
      case "from":
        return [client.endpoint];
      case "to":
        return [server.endpoint];
      case "text":
        return [
          why,
          lastReply,
          client.endpoint,
          server.endpoint,
          protocol,
          client.host ?? "",
          server.host ?? "",
        ];
      default:
        return undefined;
    }
  });
}
