/**
 * Events as the rows of one live list: what happened, in a line, with what to open for more. Pure. An event that is only
 * a step of another row (a line said, a query asked) gives none: the trace and the session have those.
 */
import { matchesQuery, type Query } from "./query.ts";
import type { EventOf, JournalEvent } from "./events.ts";

export type ActivityKind =
  | "dns"
  | "session"
  | "mail"
  | "policy"
  | "queue"
  | "bounce"
  | "store"
  | "webhook"
  | "fault"
  | "clock"
  | "warning";
/** What it means for the mail: a colour never speaks alone, the text says the same. */
export type ActivityTone = "neutral" | "ok" | "wait" | "fail";

export type ActivityRow = {
  /** The event's id. */
  readonly id: number;
  readonly at: number;
  readonly host: string;
  readonly kind: ActivityKind;
  readonly tone: ActivityTone;
  readonly text: string;
  /** A queue id or a connection id: a journey is found by either. */
  readonly trace: string | undefined;
  /** Set when the row is about a connection. */
  readonly session: string | undefined;
};

type Said = Pick<ActivityRow, "kind" | "tone" | "text"> & { readonly session?: string | undefined };

export function activityOf(event: JournalEvent): ActivityRow | undefined {
  const said = describe(event);
  if (said === undefined) return undefined;
  const { id, at, host, trace } = event;
  const { kind, tone, text, session } = said;
  return { id, at, host, kind, tone, text, trace, session };
}

export function activityMatches(row: ActivityRow, query: Query): boolean {
  return matchesQuery(query, (field) => {
    switch (field) {
      case "host":
        return [row.host];
      case "kind":
        return [row.kind];
      case "id":
        return [row.trace ?? "", row.session ?? ""];
      case "result":
        return [row.tone];
      case "text":
      case "from":
      case "to":
      case "subject":
        return [row.text];
      default:
        return undefined;
    }
  });
}

function describe(event: JournalEvent): Said | undefined {
  switch (event.kind) {
    case "connection.opened":
    case "connection.closed":
    case "connection.failed":
    case "tls.failed":
      return session(event);
    case "dns.answer":
      return answer(event);
    case "policy":
      return verdict(event);
    case "message.received":
    case "message.refused":
    case "routing":
    case "attempt":
      return passage(event);
    case "outcome":
      return outcome(event);
    case "dsn": {
      const text = `report (${event.action}) to ${event.to} about ${event.recipients.join(", ")}`;
      return { kind: "bounce", tone: event.action === "failed" ? "fail" : "wait", text };
    }
    case "store":
      return { kind: "store", tone: "ok", text: `stored in ${event.mailbox} of ${event.account}` };
    case "drop":
      return { kind: "store", tone: "ok", text: `written to ${event.file}` };
    case "webhook":
      return webhook(event);
    case "fault.fired":
      return { kind: "fault", tone: "fail", text: `fault ${event.fault} at ${event.point}: ${event.action}` };
    case "clock":
      return { kind: "clock", tone: "neutral", text: `clock ${event.action}` };
    case "warning":
      return { kind: "warning", tone: "wait", text: `${event.what}: ${event.detail}`, session: event.trace };
    case "line":
    case "content":
    case "tls.started":
    case "dns.query":
    case "dns.served":
      return undefined;
  }
}

function session(
  event:
    | EventOf<"connection.opened">
    | EventOf<"connection.closed">
    | EventOf<"connection.failed">
    | EventOf<"tls.failed">,
): Said | undefined {
  switch (event.kind) {
    case "connection.opened": {
      if (event.side === "client") return undefined; // the other end says the same, or the attempt did
      const text = `${event.remote} connects to ${event.local}, ${event.protocol}`;
      return { kind: "session", tone: "neutral", text, session: event.connection };
    }
    case "connection.closed": {
      // How it usually ends tells nothing.
      if (/^(?:QUIT|the conversation ended|we hung up|LOGOUT)$/i.test(event.why)) return undefined;
      return {
        kind: "session",
        tone: "wait",
        text: `connection ended: ${event.why}`,
        session: event.connection,
      };
    }
    case "connection.failed":
      return { kind: "session", tone: "fail", text: `no connection to ${event.to}: ${event.detail}` };
    case "tls.failed":
      return {
        kind: "session",
        tone: "fail",
        text: `TLS failed: ${event.detail}`,
        session: event.connection,
      };
  }
}

function answer({ name, type, rcode, answers, from, durationMs }: EventOf<"dns.answer">): Said | undefined {
  if (from === "cache") return undefined;
  const found = answers.length > 0 ? answers.join(", ") : rcode === "NOERROR" ? "no such record" : rcode;
  const tone = rcode === "NOERROR" || rcode === "NXDOMAIN" ? "neutral" : "fail";
  return { kind: "dns", tone, text: `${name} ${type}: ${found} (${durationMs} ms)` };
}

function verdict({ check, verdict: word, subject, reason }: EventOf<"policy">): Said | undefined {
  if (word === "accept") return undefined;
  const tone = word === "reject" ? "fail" : "wait";
  return { kind: "policy", tone, text: `${check}: ${word} ${subject}, ${reason.rule}` };
}

function passage(
  event: EventOf<"message.received"> | EventOf<"message.refused"> | EventOf<"routing"> | EventOf<"attempt">,
): Said {
  switch (event.kind) {
    case "message.received": {
      const { reversePath, recipients, subject } = event;
      const text = `<${reversePath}> to ${recipients.join(", ")}${subject === undefined ? "" : `: ${subject}`}`;
      return { kind: "mail", tone: "ok", text: `accepted ${text}`, session: event.connection };
    }
    case "message.refused":
      return {
        kind: "mail",
        tone: "fail",
        text: `refused <${event.reversePath}>: ${event.reply}`,
        session: event.connection,
      };
    case "routing":
      return {
        kind: "queue",
        tone: "neutral",
        text: `${event.recipient} goes ${targetWords(event.decision)}`,
      };
    case "attempt": {
      const text = `attempt ${event.attempt} for ${event.recipients.join(", ")} ${targetWords(event.to)}`;
      return { kind: "queue", tone: "neutral", text, session: event.connection };
    }
  }
}

/** `mx:nemesis.test`, `host:smart.lab.test:25:user`, `local:ann@arch.test/INBOX` as words; anything else as it is. */
function targetWords(target: string): string {
  const [, kind, rest = ""] = /^(mx|host|local):(.*)$/.exec(target) ?? [];
  if (kind === "mx") return `to the MX of ${rest}`;
  if (kind === "local")
    return `into ${rest.slice(rest.lastIndexOf("/") + 1)} of ${rest.slice(0, rest.lastIndexOf("/"))}`;
  if (kind !== "host") return `to ${target}`;
  const [, host, user = ""] = /^(.*:\d+):(.*)$/.exec(rest) ?? [undefined, rest];
  return user === "" ? `to ${host}` : `to ${host} as ${user}`;
}

const OUTCOME_TONES: Readonly<Record<EventOf<"outcome">["result"], ActivityTone>> = {
  delivered: "ok",
  relayed: "ok",
  released: "neutral",
  held: "wait",
  deferred: "wait",
  failed: "fail",
  expired: "fail",
  dropped: "fail",
};

function outcome({ recipient, result, reply, connection }: EventOf<"outcome">): Said {
  return {
    kind: "queue",
    tone: OUTCOME_TONES[result],
    text: `${recipient} ${result}: ${reply}`,
    session: connection,
  };
}

function webhook({ url, status, detail, durationMs }: EventOf<"webhook">): Said {
  const isTaken = status !== undefined && status >= 200 && status < 300;
  const said = status === undefined ? (detail ?? "no answer") : String(status);
  return { kind: "webhook", tone: isTaken ? "ok" : "fail", text: `${url}: ${said} (${durationMs} ms)` };
}
