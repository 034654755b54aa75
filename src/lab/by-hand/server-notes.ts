/**
 * What the server at the other end of a connection decided and noticed, as its journal has it: verdicts with their
 * reason, warnings, faults that fired, messages taken. From the start of the connection on.
 */
import { connectionOf } from "../../journal/connections.ts";
import type { JournalEvent } from "../../journal/events.ts";
import type { Lab } from "../lab.ts";
import type { TalkEntry } from "./talk-entry.ts";

export type ServerNote = Pick<TalkEntry, "kind" | "text" | "verdict" | "reason" | "queueId">;

/** `connection` is the id at our end. Returns what ends it. */
export function serverNotes({ journal, index }: Lab, connection: string, tell: (note: ServerNote) => void) {
  const peerOf = (): string | undefined => index.connections.get(connection)?.peer?.id;
  const look = (event: JournalEvent): void => {
    // Most events are lines of others: they are passed over without a look at the index.
    if (event.kind === "line" || event.kind === "content") return;
    const id = connectionOf(event);
    if (id === undefined || id === connection || id !== peerOf()) return;
    const note = noteOf(event);
    if (note !== undefined) tell(note);
  };
  const first = index.connections.get(connection)?.peer?.firstId;
  if (first !== undefined) for (const event of journal.read(first - 1)) look(event);
  return journal.subscribe(look);
}

function noteOf(event: JournalEvent): ServerNote | undefined {
  switch (event.kind) {
    case "policy": {
      const { check, verdict, subject, reason } = event;
      return { kind: "verdict", text: subject === "" ? check : `${check}: ${subject}`, verdict, reason };
    }
    case "message.refused":
      return { kind: "verdict", text: event.reply, verdict: "reject", reason: event.reason };
    case "message.received":
      return { kind: "note", text: `taken into the queue as ${event.queueId}`, queueId: event.queueId };
    case "warning":
      return {
        kind: "note",
        text: event.detail,
        reason: { rule: event.what, rfc: event.rfc },
      };
    case "fault.fired":
      return { kind: "note", text: `the fault ${event.fault} fired: ${event.action}` };
    default:
      return undefined;
  }
}
