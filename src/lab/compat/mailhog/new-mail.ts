/** Each new message as a server-sent event, as MailHog streams them: `data` is the message as JSON. It does not resume. */
import type { Journal } from "../../../journal/journal.ts";
import { streamEvents } from "../../../server/http/event-stream.ts";
import type { MailHogMessage } from "./views.ts";

/** Limit: of messages that wait for a client that reads slowly; the oldest are lost to it. */
const WAITING_MAX = 100;

export function streamNewMail(
  request: Request,
  journal: Journal,
  read: () => Promise<readonly MailHogMessage[]>,
): Response {
  const known = new Set<string>();
  let waiting: {
    readonly number: number;
    readonly id: string;
    readonly event: string;
    readonly data: string;
  }[] = [];
  let count = 0;

  async function look(): Promise<boolean> {
    const fresh = (await read()).filter(({ ID }) => !known.has(ID));
    for (const message of fresh.toReversed()) {
      known.add(message.ID);
      const number = ++count;
      waiting.push({ number, id: String(number), event: "message", data: JSON.stringify(message) });
    }
    waiting = waiting.slice(-WAITING_MAX);
    return fresh.length > 0;
  }

  return streamEvents(
    request,
    0,
    {
      read: (after) => waiting.filter(({ number }) => number > after),
      subscribe(wake) {
        let seen = journal.lastId;
        let isStale = true;
        let isLooking = false;
        // One look at a time, and one more when something was stored meanwhile.
        const lookAgain = async (isFirst = false): Promise<void> => {
          if (isLooking) return;
          isLooking = true;
          while (isStale) {
            isStale = false;
            const found = await look();
            if (isFirst) waiting = [];
            else if (found) wake();
            isFirst = false;
          }
          isLooking = false;
        };
        void lookAgain(true).catch(console.error);
        return journal.subscribe(() => {
          const news = journal.read(seen);
          seen = journal.lastId;
          if (!news.some(({ kind }) => kind === "store")) return;
          isStale = true;
          void lookAgain().catch(console.error);
        });
      },
    },
    (ms, call) => {
      const timer = setInterval(call, ms);
      return { cancel: () => clearInterval(timer) };
    },
  );
}
