/**
 * The socket behind `lab smtp`: shows what comes, knows when the server's turn is over, and turns to TLS after
 * STARTTLS. It follows the conversation only as far as that needs; what is said is the person's business.
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { explainLine } from "../../../journal/explain.ts";
import { printable, type Style } from "../../print/style.ts";
import { meaningText } from "./talk-text.ts";

export type ByHand = {
  /** Resolves when the server's turn is over: it has replied, waits for data, or is gone. */
  ready(): Promise<void>;
  say(line: string): Promise<void>;
  close(): void;
  readonly isOver: boolean;
  /** Why it broke; undefined after an orderly end. */
  readonly ended: Promise<string | undefined>;
};

type Shown = { readonly style: Style; readonly explain: boolean; readonly echo: boolean };

export function openByHand(
  to: { readonly address: string; readonly port: number },
  isTls: boolean,
  print: (line: string) => void,
  { style, explain, echo }: Shown,
): Promise<ByHand> {
  const plain = connect({ host: to.address, port: to.port });
  let socket: Socket = isTls ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain;
  let rest = "";
  let replies = 0; // owed by the server: the greeting, then one for each command
  let isData = false;
  let isOver = false;
  let pendingVerb = "";
  let wake: (() => void)[] = [];
  let finish = (_why: string | undefined): void => undefined;
  const ended = new Promise<string | undefined>((resolve) => (finish = resolve));

  const rouse = (): void => {
    for (const one of wake.splice(0)) one();
  };
  const over = (why: string | undefined): void => {
    isOver = true;
    finish(why);
    rouse();
  };
  const meaning = (line: string, by: "client" | "server"): void => {
    const explained = explain ? explainLine(line, by) : undefined;
    if (explained !== undefined) print(`     ${style.dim(meaningText(explained))}`);
  };

  function heard(line: string): void {
    print(`${style.dim("<-")} ${style.server(printable(line))}`);
    if (!/^\d{3}(?: |$)/.test(line)) return;
    meaning(line, "server");
    replies = Math.max(0, replies - 1);
    if (line.startsWith("354")) isData = true;
    if (line.startsWith("220") && pendingVerb === "STARTTLS") upgrade();
    else rouse();
  }

  function upgrade(): void {
    pendingVerb = "";
    rest = "";
    socket.removeAllListeners("data");
    const secure = connectTls({ socket, rejectUnauthorized: false });
    socket = secure;
    secure.once("secureConnect", () => {
      print(
        style.dim(`     TLS begins: ${secure.getProtocol() ?? ""} ${secure.getCipher().name} (RFC 3207)`),
      );
      rouse();
    });
    listen(secure);
  }

  function listen(to: Socket): void {
    to.on("data", (bytes: Buffer) => {
      const lines = (rest + bytes.toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) heard(line.replace(/\r$/, ""));
    });
    to.on("error", (error) => over(error.message));
    to.on("close", () => over(undefined));
  }

  function say(line: string): Promise<void> {
    if (isOver) return Promise.resolve();
    if (echo) print(`${style.dim("->")} ${style.client(printable(line))}`);
    if (isData) {
      isData = line !== ".";
      if (!isData) replies++;
    } else {
      meaning(line, "client");
      replies++;
      pendingVerb = line.trim().toUpperCase();
    }
    return new Promise((resolve) => socket.write(`${line}\r\n`, () => resolve()));
  }

  return new Promise((resolve, reject) => {
    replies = 1;
    plain.once("error", reject);
    plain.once("connect", () => {
      plain.off("error", reject);
      listen(socket);
      resolve({
        async ready() {
          while (!isOver && !isData && (replies > 0 || pendingVerb === "STARTTLS")) {
            if (replies === 0 && pendingVerb === "STARTTLS" && !("encrypted" in socket)) pendingVerb = "";
            await new Promise<void>((next) => wake.push(next));
          }
        },
        say,
        close: () => socket.end(),
        get isOver() {
          return isOver;
        },
        ended,
      });
    });
  });
}
