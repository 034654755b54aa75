/**
 * SMTP typed by hand, as with telnet: what is said goes out as it is, what comes back is given as text, a reply at a
 * time. It knows nothing of the protocol but where a reply ends. A server that hangs up answers "" from then on.
 */
import { fromUtf8 } from "../../base/bytes.ts";
import type { Connection } from "../../base/network.ts";
import { createLineReader } from "../by-hand/line-reader.ts";

export type Dialogue = {
  /** Says one line (CRLF is put behind it) and returns the whole reply, lines joined by "\n". */
  say(line: string): Promise<string>;
  /** Sends the text as it is, without waiting: pipelining, bare LFs, whatever a test needs. */
  send(text: string): void;
  /** The next reply; the greeting at first. */
  hear(): Promise<string>;
  /** Every reply so far. */
  readonly heard: readonly string[];
  /** The server has closed the connection. */
  readonly isClosed: boolean;
  close(): void;
};

/** Ends a reply: code and space, or a code alone (RFC 5321 §4.2.1). */
const LAST_LINE = /^\d{3}(?: |$)/;

/** `drive` lets the world go on until the promise is settled. */
export function createDialogue(
  connection: Connection,
  drive: <T>(promise: Promise<T>) => Promise<T>,
): Dialogue {
  const heard: string[] = [];
  const ready: string[] = [];
  const waiting: ((reply: string) => void)[] = [];
  let lines: string[] = [];
  let isClosed = false;

  const deliver = (reply: string): void => {
    const next = waiting.shift();
    if (next === undefined) ready.push(reply);
    else next(reply);
  };

  const reader = createLineReader((line) => {
    lines.push(line);
    if (!LAST_LINE.test(line)) return;
    deliver(lines.join("\n"));
    lines = [];
  });

  connection.attach({
    data: (bytes) => reader.push(bytes),
    end: () => connection.end(),
    closed() {
      isClosed = true;
      for (const next of waiting.splice(0)) next("");
    },
  });

  async function hear(): Promise<string> {
    const there = ready.shift();
    const reply =
      there ??
      (isClosed
        ? ""
        : await drive(
            new Promise<string>((resolve) => {
              waiting.push(resolve);
            }),
          ));
    heard.push(reply);
    return reply;
  }

  const send = (text: string): void => {
    if (!isClosed) connection.write(fromUtf8(text));
  };

  return {
    heard,
    hear,
    send,
    say(line) {
      send(`${line}\r\n`);
      return hear();
    },
    get isClosed() {
      return isClosed;
    },
    close() {
      if (!isClosed) connection.end();
    },
  };
}
