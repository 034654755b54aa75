/** An event of a connection as one line of its conversation; undefined for what has no place in it. Pure. */
import type { JournalEvent } from "../../../../src/journal/events.ts";

export type ConversationLine = {
  readonly by: "client" | "server" | "note" | "wrong";
  /** One character before the line. */
  readonly mark: string;
  readonly who: string;
  readonly text: string;
};

export function lineOf(event: JournalEvent): ConversationLine | undefined {
  const note = (text: string): ConversationLine => ({ by: "note", mark: "·", who: "what happened", text });
  const wrong = (text: string): ConversationLine => ({ by: "wrong", mark: "!", who: "look here", text });
  switch (event.kind) {
    case "line":
      return event.by === "client"
        ? { by: "client", mark: "C", who: "the client", text: event.text }
        : { by: "server", mark: "S", who: "the server", text: event.text };
    case "content":
      return { by: "client", mark: "C", who: "the client", text: `(a message of ${event.sizeBytes} octets)` };
    case "connection.opened":
      return note(`opened: ${event.local} and ${event.remote}`);
    case "connection.closed":
      return note(`closed: ${event.why}`);
    case "tls.started":
      return note(`TLS: ${event.protocol} ${event.cipher}`);
    case "tls.failed":
      return wrong(`TLS failed: ${event.detail}`);
    case "policy":
      return (event.verdict === "accept" ? note : wrong)(
        `${event.check}: ${event.verdict} ${event.subject} because ${event.reason.rule}`,
      );
    case "message.received":
      return note(`taken as ${event.queueId} for ${event.recipients.join(", ")}`);
    case "message.refused":
      return wrong(`refused: ${event.reply}`);
    case "fault.fired":
      return wrong(`the fault ${event.fault}: ${event.action}`);
    case "warning":
      return wrong(`${event.what}: ${event.detail}`);
    default:
      return undefined;
  }
}
