/** A transfer agent for conversation tests: takes everything but `no…` (550) and `later…` (450), and remembers it. */
import type { Reception } from "../../src/mta/reception/reception.ts";
import type { Envelope } from "../../src/mta/envelope.ts";
import { scramKeys } from "../../src/protocol/sasl/scram.ts";
import { contentText } from "../../src/protocol/smtp/content.ts";
import { reply } from "../../src/protocol/smtp/reply.ts";

export type Taken = {
  readonly envelope: Envelope;
  readonly text: string;
  readonly account: string | undefined;
};

const ACCEPT = { verdict: "accept" } as const;
const salt = Buffer.from("a salt for tests");
const keys = scramKeys("pw", salt, 4096);

export function createAcceptingHouse(): {
  reception: Reception;
  taken: Taken[];
  failWith: (error: Error | undefined) => void;
} {
  const taken: Taken[] = [];
  let failure: Error | undefined;
  const reception: Reception = {
    connected: () => ACCEPT,
    helo: () => Promise.resolve(ACCEPT),
    mail: () => ACCEPT,
    rcpt(_client, _envelope, { address, notify, orcpt }) {
      if (address.startsWith("no")) return { verdict: "refuse", reply: reply(550, "5.1.1", "no such user") };
      if (address.startsWith("later")) return { verdict: "refuse", reply: reply(450, "4.2.1", "not now") };
      return { verdict: "accept", recipients: [{ address, notify, orcpt }] };
    },
    async message(client, envelope, content) {
      if (failure !== undefined) throw failure;
      taken.push({ envelope, text: contentText(content), account: client.account });
      return { verdict: "accept", reply: reply(250, "2.0.0", `queued as Q${taken.length}`) };
    },
    verify: () => ACCEPT,
    authenticator: {
      verifyPassword: async (_client, username, password) =>
        username === "ann" && password === "pw" ? username : undefined,
      identify: async (_client, username, password) =>
        username === "ann" && password === "pw" ? { account: username, by: "password" } : undefined,
      scram: async () => ({ salt, iterations: 4096, ...keys }),
      proved: async (_client, username, right) => (right && username === "ann" ? username : undefined),
    },
    misbehaved: () => ACCEPT,
    disconnected() {},
  };
  return { reception, taken, failWith: (error) => (failure = error) };
}
