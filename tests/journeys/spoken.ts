/** A person at a terminal: opens a TCP connection, says lines, reads replies. For tests that trust no client of ours. */
import { connect } from "node:net";

export type Conversation = {
  /** Says a line, or nothing to read the greeting; gives the whole reply, its lines joined by LF. */
  say(line?: string): Promise<string>;
  end(): void;
};

/** Limit: a server that is silent for so long has failed the test. */
const SILENCE_MS = 10_000;

export async function converse(port: number, host = "127.0.0.1"): Promise<Conversation> {
  const socket = connect(port, host);
  let heard = "";
  let wake: (() => void) | undefined;
  socket.on("data", (bytes: Buffer) => {
    heard += bytes.toString("latin1");
    wake?.();
  });
  socket.on("close", () => wake?.());
  socket.on("error", () => wake?.());
  const take = (): string | undefined => {
    const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(heard)?.[0];
    if (whole === undefined) return undefined;
    heard = heard.slice(whole.length);
    return whole.replaceAll("\r", "").trimEnd();
  };
  return {
    async say(line) {
      if (line !== undefined) socket.write(`${line}\r\n`);
      const until = Date.now() + SILENCE_MS;
      for (;;) {
        const reply = take();
        if (reply !== undefined) return reply;
        if (socket.destroyed || Date.now() > until) return "(hung up)";
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 100).unref();
        });
      }
    },
    end: () => socket.destroy(),
  };
}
