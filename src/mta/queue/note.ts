/**
 * The note that stands on disk beside a message: envelope and state of each recipient, as compact JSON with a
 * version. Written whole each time. A note that cannot be read gives undefined; the message is then left alone.
 */
import { utf8 } from "../../base/bytes.ts";
import type { Envelope, EnvelopeRecipient } from "../envelope.ts";
import type { Attempt, QueueEntry, RecipientPart } from "./entry.ts";
import type { RecipientState } from "./states.ts";

const NOTE_VERSION = 1;

type NoteAttempt = readonly [number, Attempt["result"], string, string, string, string?];

type Note = {
  readonly v: number;
  readonly e: Omit<Envelope, "recipients">;
  readonly t: number;
  readonly c?: string | undefined;
  readonly k?: string | undefined;
  readonly d?: 1 | undefined;
  readonly r: readonly NoteRecipient[];
};

type NoteRecipient = {
  readonly r: Omit<EnvelopeRecipient, "index">;
  readonly s?: RecipientState | undefined; // absent: waiting
  readonly u?: number | undefined; // absent: since it was received
  readonly n?: number | undefined; // attempts made; absent: none
  readonly a?: readonly NoteAttempt[] | undefined;
};

export function encodeNote(entry: QueueEntry): Uint8Array {
  const { reversePath, body, smtputf8, ret, envid } = entry.envelope;
  const note: Note = {
    v: NOTE_VERSION,
    e: { reversePath, body, smtputf8, ret, envid },
    t: entry.receivedAt,
    c: entry.client,
    k: entry.connection,
    d: entry.isDelayReported ? 1 : undefined,
    r: entry.parts.map((part) => encodePart(part, entry.receivedAt)),
  };
  return Buffer.from(JSON.stringify(note), "utf8");
}

function encodePart(part: RecipientPart, receivedAt: number): NoteRecipient {
  const { address, original, notify, orcpt } = part.recipient;
  const state = part.state === "attempting" ? "waiting" : part.state;
  return {
    r: { address, original, notify, orcpt },
    s: state === "waiting" ? undefined : state,
    u: part.until === receivedAt ? undefined : part.until,
    n: part.attemptCount === 0 ? undefined : part.attemptCount,
    a:
      part.attempts.length === 0
        ? undefined
        : part.attempts.map(({ at, result, to, status, reply, connection }) =>
            connection === undefined
              ? [at, result, to, status, reply]
              : [at, result, to, status, reply, connection],
          ),
  };
}

export function decodeNote(id: string, bytes: Uint8Array, sizeBytes: number): QueueEntry | undefined {
  try {
    const note = JSON.parse(utf8(bytes)) as Note;
    return note.v === NOTE_VERSION ? decodeEntry(id, note, sizeBytes) : undefined;
  } catch {
    return undefined; // not JSON, or not of this shape
  }
}

function decodeEntry(id: string, note: Note, sizeBytes: number): QueueEntry {
  const parts = note.r.map((part, index) => decodePart(part, index, note.t));
  return {
    id,
    envelope: { ...note.e, recipients: parts.map(({ recipient }) => recipient) },
    sizeBytes,
    receivedAt: note.t,
    client: note.c,
    connection: note.k,
    parts,
    isDelayReported: note.d === 1,
    cause: undefined,
    dueAt: undefined,
    activeCount: 0,
    wish: undefined,
  };
}

function decodePart(part: NoteRecipient, index: number, receivedAt: number): RecipientPart {
  return {
    recipient: { index, ...part.r },
    state: part.s ?? "waiting",
    until: part.u ?? receivedAt,
    attemptCount: part.n ?? 0,
    attempts: (part.a ?? []).map(([at, result, to, status, reply, connection]) => ({
      at,
      result,
      to,
      status,
      reply,
      connection,
    })),
  };
}
