/** The messages the index remembers, by queue id and by Message-ID. */
import type { EventOf } from "../events.ts";
import type { LightExchange } from "./light-connection.ts";
import { receiveLight, type LightMessage } from "./light-message.ts";

export type MessageBook = {
  receive(event: EventOf<"message.received">, arrival: LightExchange | undefined): LightMessage;
  get(queueId: string): LightMessage | undefined;
  /** In the order they were received: the first one, and the latest. */
  withMessageId(messageId: string | undefined): readonly LightMessage[];
  forget(message: LightMessage): void;
  clear(): void;
};

/** Limit: one message passes a few hosts; a program that gives all its mail one Message-ID must not make each slow. */
const SAME_ID_MAX = 16;

export function createMessageBook(): MessageBook {
  const messages = new Map<string, LightMessage>();
  const byMessageId = new Map<string, LightMessage[]>();
  return {
    receive(event, arrival) {
      const message = receiveLight(event, arrival);
      messages.set(message.queueId, message);
      if (message.messageId !== undefined) {
        const same = byMessageId.get(message.messageId);
        if (same === undefined) byMessageId.set(message.messageId, [message]);
        else same.push(message);
        if (same !== undefined && same.length > SAME_ID_MAX) same.splice(1, 1);
      }
      return message;
    },
    get: (queueId) => messages.get(queueId),
    withMessageId: (messageId) => (messageId === undefined ? undefined : byMessageId.get(messageId)) ?? [],
    forget(message) {
      messages.delete(message.queueId);
      if (message.messageId === undefined) return;
      const rest = (byMessageId.get(message.messageId) ?? []).filter((one) => one !== message);
      if (rest.length === 0) byMessageId.delete(message.messageId);
      else byMessageId.set(message.messageId, rest);
    },
    clear() {
      messages.clear();
      byMessageId.clear();
    },
  };
}
