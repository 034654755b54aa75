/** An IMAP door over the in-memory network with a real store, and clients that speak to it line by line. */
import type { Connection } from "../../src/base/network.ts";
import { createMemoryMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import { createJournal, type Journal } from "../../src/journal/journal.ts";
import { deriveCredentials } from "../../src/protocol/sasl/scram-credentials.ts";
import { createMisbehaviour } from "../../src/mta/reception/misbehaviour.ts";
import { createAuthenticator } from "../../src/server/accounts/authenticator.ts";
import type { ImapServerLimits } from "../../src/server/imap/limits.ts";
import { type ImapServer, startImapServer } from "../../src/server/imap/server.ts";
import type { MailStore } from "../../src/store/mail-store.ts";
import { createMemoryWorld, type MemoryWorld, settle } from "./memory-world.ts";

/** Tests of other things guess at will. */
export const GUESSING = { slowAfter: 1_000, banAfter: 1_000, banFor: 0 };
const AT = { address: "10.66.0.21", port: 143 };

export type ImapWorld = {
  readonly world: MemoryWorld;
  readonly store: MailStore;
  readonly server: ImapServer;
  readonly journal: Journal;
  connect(): Promise<ImapTalk>;
  /** A session that has logged in. */
  login(account?: string): Promise<ImapTalk>;
};

export async function createImapWorld(
  limits: Partial<ImapServerLimits> = {},
  more: {
    readonly accounts?: Readonly<Record<string, number | undefined>>;
    readonly plaintext?: boolean;
    readonly administrator?: string;
  } = {},
): Promise<ImapWorld> {
  const world = createMemoryWorld();
  const journal = createJournal(world.clock);
  const store = createMemoryMailStore(() => world.clock.now());
  await store.open();
  const secrets = { scram: deriveCredentials("secret", Uint8Array.of(1), 4_096) };
  for (const [name, quotaBytes] of Object.entries(more.accounts ?? { "ann@arch.test": undefined }))
    await store.putAccount(name, { secrets, quotaBytes });
  const recorder = journal.recorder("arch");
  const misbehaviour = createMisbehaviour(world.clock, () => GUESSING);
  const server = await startImapServer({
    world,
    recorder,
    endpoint: AT,
    hostname: "arch.test",
    store,
    authenticator: createAuthenticator({ world, store, recorder, misbehaviour }),
    misbehaviour,
    allowPlaintextAuth: more.plaintext ?? true,
    limits,
    quotas: {
      isAdministrator: (name) => name === more.administrator,
      isFixed: (name) => name.startsWith("fixed@"),
    },
  });
  const connect = async (): Promise<ImapTalk> => {
    const talk = new ImapTalk(await world.network.connect(AT, { timeoutMs: 1_000 }));
    await talk.heard();
    return talk;
  };
  return {
    world,
    store,
    server,
    journal,
    connect,
    async login(account = "ann@arch.test") {
      const talk = await connect();
      await talk.say(`L LOGIN ${account} secret`);
      return talk;
    },
  };
}

export class ImapTalk {
  readonly connection: Connection;
  #text = "";
  isClosed = false;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.attach({
      data: (bytes) => void (this.#text += Buffer.from(bytes).toString("latin1")),
      end: () => void (this.isClosed = true),
      closed: () => void (this.isClosed = true),
    });
  }

  /** What came since last time, once nothing more comes. */
  async heard(): Promise<string> {
    for (let before = -1; before !== this.#text.length;) {
      before = this.#text.length;
      await settle(12);
    }
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** Whole lines that are here already. */
  arrived(): string[] {
    const end = this.#text.lastIndexOf("\r\n");
    if (end < 0) return [];
    const lines = this.#text.slice(0, end).split("\r\n");
    this.#text = this.#text.slice(end + 2);
    return lines;
  }

  /** The lines of the answer, without their ends. */
  async say(line: string): Promise<string[]> {
    this.send(`${line}\r\n`);
    return this.lines();
  }

  send(text: string): void {
    this.connection.write(Buffer.from(text, "latin1"));
  }

  async lines(): Promise<string[]> {
    const text = await this.heard();
    return text === "" ? [] : text.replace(/\r\n$/, "").split("\r\n");
  }
}
