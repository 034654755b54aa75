/** The spool of a simulated host: the same contract in memory. What it holds survives `close`, as a disk would. */
import { concatBytes } from "../../base/bytes.ts";
import { Fault } from "../../base/fault.ts";
import type { Spool } from "./spool.ts";

export function createMemorySpool(): Spool {
  const messages = new Map<string, { note: Uint8Array; readonly content: Uint8Array }>();
  let contentBytes = 0;
  let isOpen = false;
  const closed = (): Promise<never> => Promise.reject(new Fault("closed", "the spool is not open"));

  return {
    open() {
      isOpen = true;
      const found = [...messages].map(([id, { note, content }]) => ({ id, note, sizeBytes: content.length }));
      return Promise.resolve(found);
    },
    add(id, note, content) {
      if (!isOpen) return closed();
      const whole = Uint8Array.from(concatBytes(content));
      messages.set(id, { note: Uint8Array.from(note), content: whole });
      contentBytes += whole.length;
      return Promise.resolve();
    },
    update(id, note) {
      if (!isOpen) return closed();
      const message = messages.get(id);
      if (message !== undefined) message.note = Uint8Array.from(note);
      return Promise.resolve();
    },
    remove(id) {
      contentBytes -= messages.get(id)?.content.length ?? 0;
      messages.delete(id);
    },
    read(id) {
      const message = messages.get(id);
      if (message === undefined) return Promise.reject(new Fault("io", `the spool does not hold ${id}`));
      return Promise.resolve(message.content);
    },
    get stats() {
      return { messages: messages.size, contentBytes, diskBytes: 0 };
    },
    close() {
      isOpen = false;
      return Promise.resolve();
    },
  };
}
