/**
 * The queue: takes a message for good (a resolved `submit` is on disk), tries each recipient until its end, and tells
 * the sender. README.md has the table of legal states and what is on disk in each. It never loses a message: what
 * cannot be written is refused to the submitter, or tried again.
 */
import { Fault } from "../../base/fault.ts";
import { makeId } from "../../base/ids.ts";
import type { Timer } from "../../base/clock.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Deliver } from "../delivery/delivery.ts";
import type { Router } from "../routing/route.ts";
import { createDestinations } from "./destinations.ts";
import { attemptGroup, type Dispatch, type Group, routeParts } from "./dispatch.ts";
import { createDueHeap } from "./due-heap.ts";
import { isUntried, newEntry, type QueueEntry, type QueueView, viewEntry, waitingParts } from "./entry.ts";
import { decodeNote, encodeNote } from "./note.ts";
import type { ReportComposer } from "./report.ts";
import { nextLookAt } from "./schedule.ts";
import { createSettlement } from "./settlement.ts";
import type { QueueSettings } from "./settings.ts";
import type { Spool } from "./spool.ts";
import { recordReceived, type Submission } from "./submission.ts";
import { isFinal, nextState } from "./states.ts";

export type Queue = {
  /** Opens the spool and takes up what survived. */
  start(): Promise<void>;
  makeId(): string;
  /** Resolves with the queue id when the message is on disk. Rejects with Fault "overload", "diskFull", "readOnly", "io" or "closed". */
  submit(message: Submission): Promise<string>;
  list(): readonly QueueView[];
  get(id: string): QueueView | undefined;
  /** The bytes of a message that is in the queue. Rejects with Fault "io". */
  read(id: string): Promise<Uint8Array | undefined>;
  /** Makes what waits due now. Returns how many messages that were. */
  retry(id: string): number;
  /** False when there is no such message. Recipients under way are held or dropped when their attempt has failed. */
  hold(id: string): Promise<boolean>;
  release(id: string): Promise<boolean>;
  drop(id: string): Promise<boolean>; // nobody is told
  /** The same, only while nothing of it was ever tried: its sender takes it back. */
  takeBack(id: string): Promise<boolean>;
  /** `retry("all")`. */
  flush(): number;
  /** Nothing is being worked on, and nothing is due at the present time. */
  idle(): boolean;
  nextDueAt(): number | undefined;
  readonly depth: number;
  /** Starts nothing more, waits for what is under way, closes the spool. */
  close(): Promise<void>;
};

export type QueueOptions = {
  readonly world: Pick<World, "clock" | "random">;
  readonly recorder: Recorder;
  readonly spool: Spool;
  readonly router: Router;
  readonly deliver: Deliver;
  readonly settings: QueueSettings;
  readonly report: ReportComposer;
  readonly hostname: string;
};

export function createQueue(options: QueueOptions): Queue {
  const { world, recorder, spool, settings } = options;
  const { clock, random } = world;
  const entries = new Map<string, QueueEntry>();
  const due = createDueHeap<QueueEntry>();
  const ready: QueueEntry[] = [];
  const destinations = createDestinations(settings.perDestinationMax);
  const dispatch: Dispatch = { ...options, destinations };
  const settlement = createSettlement({ ...options, submit, makeId: newId, finish: forget });
  let activeCount = 0;
  let submittingCount = 0;
  let submittingBytes = 0;
  let timer: { readonly at: number; readonly timer: Timer } | undefined;
  let isOpen = false;
  let whenQuiet: (() => void) | undefined;

  function newId(): string {
    return makeId(clock, random);
  }

  async function submit(message: Submission): Promise<string> {
    const { envelope, client, connection, content } = message;
    let sizeBytes = 0;
    for (const chunk of content) sizeBytes += chunk.length;
    refuseBeyondBounds(sizeBytes);
    const id = message.id ?? newId();
    const receivedAt = clock.now();
    const until = Math.max(receivedAt, message.notBefore ?? receivedAt);
    const parts = waitingParts(envelope.recipients, until);
    const { cause } = message;
    const entry = newEntry({ id, envelope, sizeBytes, receivedAt, client, connection, parts, cause });
    submittingCount++;
    submittingBytes += sizeBytes;
    try {
      await spool.add(id, encodeNote(entry), content);
    } finally {
      submittingCount--;
      submittingBytes -= sizeBytes;
    }
    entry.cause = recordReceived(recorder, message, entry);
    entries.set(id, entry);
    if (until <= clock.now()) makeReady(entry);
    else reschedule(entry);
    pump();
    return id;
  }

  function refuseBeyondBounds(sizeBytes: number): void {
    if (!isOpen) throw new Fault("closed", "the queue is not running");
    if (entries.size + submittingCount >= settings.messagesMax) {
      throw new Fault("overload", `the queue holds ${entries.size} messages, its most (queue.messagesMax)`);
    }
    if (spool.stats.contentBytes + submittingBytes + sizeBytes > settings.bytesMax) {
      throw new Fault(
        "diskFull",
        `the queue holds ${spool.stats.contentBytes} bytes, near its most (queue.bytesMax)`,
      );
    }
  }

  /** In the line of those to be worked on; `dueAt` is undefined from here to `reschedule`. */
  function makeReady(entry: QueueEntry): void {
    entry.dueAt = undefined;
    entry.activeCount++;
    ready.push(entry);
  }

  function pump(): void {
    for (;;) {
      const entry = isOpen && activeCount < settings.activeMax ? ready.shift() : undefined;
      if (entry === undefined) return;
      activeCount++;
      void work(entry).finally(() => {
        activeCount--;
        entry.activeCount--;
        reschedule(entry);
        pump();
        if (activeCount === 0) whenQuiet?.();
      });
    }
  }

  /** Whatever is due for a message now: a notice of delay, an attempt for each recipient whose time has come. */
  async function work(entry: QueueEntry): Promise<void> {
    const now = clock.now();
    const parts = entry.parts.filter(({ state, until }) => state === "waiting" && until <= now);
    if (parts.length > 0) {
      for (const part of parts) part.state = nextState(part.state, "attempt");
      const groups = await routeParts(dispatch, entry, parts);
      await Promise.all(groups.map((group) => workGroup(entry, group)));
    }
    await settlement.warnOfDelay(entry);
  }

  async function workGroup(entry: QueueEntry, group: Group): Promise<void> {
    const outcomes = await attemptGroup(dispatch, entry, group);
    await settlement.settle(entry, group.parts, outcomes);
  }

  /** Its last recipient is done: it leaves memory and disk. */
  function forget(entry: QueueEntry): void {
    entries.delete(entry.id);
    spool.remove(entry.id);
  }

  function reschedule(entry: QueueEntry): void {
    if (entry.activeCount > 0 || !entries.has(entry.id)) return;
    entry.dueAt = nextLookAt(settings, entry);
    if (entry.dueAt !== undefined) due.push(entry.dueAt, entry);
    setTimer();
  }

  /** The earliest time something is due. Places in the heap that an entry has left since are thrown away here. */
  function nextDueAt(): number | undefined {
    if (ready.length > 0) return clock.now();
    for (let top = due.peek(); top !== undefined; top = due.peek()) {
      if (top.item.dueAt === top.at && entries.get(top.item.id) === top.item) return top.at;
      due.pop();
    }
    return undefined;
  }

  /** One timer, for the earliest. */
  function setTimer(): void {
    const at = isOpen ? nextDueAt() : undefined;
    if (at === timer?.at) return;
    timer?.timer.cancel();
    timer = at === undefined ? undefined : { at, timer: clock.after(Math.max(0, at - clock.now()), takeDue) };
  }

  function takeDue(): void {
    timer = undefined;
    const now = clock.now();
    for (let top = due.peek(); top !== undefined && top.at <= now; top = due.peek()) {
      due.pop();
      if (top.item.dueAt === top.at && entries.get(top.item.id) === top.item) makeReady(top.item);
    }
    pump();
    setTimer();
  }

  function retryEntry(entry: QueueEntry): number {
    const waiting = entry.parts.filter(({ state }) => state === "waiting");
    if (waiting.length === 0) return 0;
    for (const part of waiting) part.until = Math.min(part.until, clock.now());
    if (entry.activeCount === 0) makeReady(entry);
    return 1;
  }

  function retryAll(which: Iterable<QueueEntry>): number {
    let count = 0;
    for (const entry of which) count += retryEntry(entry);
    pump();
    setTimer();
    return count;
  }

  function take(message: { id: string; note: Uint8Array; sizeBytes: number }): void {
    const entry = decodeNote(message.id, message.note, message.sizeBytes);
    if (entry === undefined) {
      const detail = `the note of ${message.id} cannot be read; the message stays on disk`;
      recorder.record({ kind: "warning", what: "queue note", detail, rfc: undefined }, message.id);
      return;
    }
    // A crash between the last outcome and the removal: there is nothing left to do but that.
    if (entry.parts.every(({ state }) => isFinal(state))) return spool.remove(entry.id);
    entries.set(entry.id, entry);
    reschedule(entry);
  }

  return {
    async start() {
      const messages = await spool.open();
      isOpen = true;
      for (const message of messages) take(message);
      takeDue();
    },
    makeId: newId,
    submit,
    list: () => [...entries.values()].map((entry) => viewEntry(entry, settings.expireMs)),
    read: async (id) => (entries.has(id) ? spool.read(id) : undefined),
    get(id) {
      const entry = entries.get(id);
      return entry === undefined ? undefined : viewEntry(entry, settings.expireMs);
    },
    retry(id) {
      const entry = entries.get(id);
      return retryAll(id === "all" ? entries.values() : entry === undefined ? [] : [entry]);
    },
    async hold(id) {
      const entry = entries.get(id);
      if (entry === undefined) return false;
      await settlement.interfere(entry, "hold");
      reschedule(entry);
      return true;
    },
    async release(id) {
      const entry = entries.get(id);
      if (entry === undefined) return false;
      await settlement.release(entry);
      retryAll([entry]);
      return true;
    },
    async drop(id) {
      const entry = entries.get(id);
      if (entry === undefined) return false;
      await settlement.interfere(entry, "drop");
      reschedule(entry);
      return true;
    },
    async takeBack(id) {
      const entry = entries.get(id);
      if (entry === undefined || !isUntried(entry)) return false;
      await settlement.interfere(entry, "drop");
      return true;
    },
    flush: () => retryAll(entries.values()),
    idle: () => activeCount === 0 && submittingCount === 0 && (nextDueAt() ?? Infinity) > clock.now(),
    nextDueAt,
    get depth() {
      return entries.size;
    },
    async close() {
      isOpen = false;
      timer?.timer.cancel();
      timer = undefined;
      if (activeCount > 0) await new Promise<void>((resolve) => (whenQuiet = resolve));
      await spool.close();
    },
  };
}
