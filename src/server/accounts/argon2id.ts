/**
 * What is kept of a password that somebody chose: Argon2id (RFC 9106) as a PHC string. Computed on the machine's other
 * threads, a bounded number at once, so that logins never stop the event loop. Rejects with Fault "overload" when too
 * many wait; docs/decisions/005 argues the parameters.
 */
import { argon2, timingSafeEqual } from "node:crypto";
import { Fault } from "../../base/fault.ts";

/** RFC 9106 §4 with the memory of a small machine: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;

/** Limit: computed at once; each takes its memory and a thread that files need too. */
const AT_ONCE_MAX = 2;
/** Limit: waiting for their turn, a few seconds of work. */
const WAITING_MAX = 100;
/** Limit: of strings that come from elsewhere, so that nobody's entry takes the machine. */
const FOREIGN_MEMORY_KIB_MAX = 1_048_576;
const FOREIGN_PASSES_MAX = 64;
const FOREIGN_LANES_MAX = 64;

type Kept = {
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Uint8Array;
  readonly tag: Uint8Array;
};

export type PasswordHashing = {
  /** `salt`: 16 octets of chance. */
  hash(password: string, salt: Uint8Array): Promise<string>;
  /** False also for a string that is not one of Argon2id's. */
  fits(password: string, phc: string): Promise<boolean>;
};

export function createPasswordHashing(): PasswordHashing {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE_MAX) {
      if (waiting.length >= WAITING_MAX) throw new Fault("overload", "too many logins wait to be checked");
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next(); // takes our place
    }
  }

  return {
    hash: (password, salt) =>
      inTurn(async () => {
        const kept = {
          memory: MEMORY_KIB,
          passes: PASSES,
          lanes: LANES,
          salt,
          tag: new Uint8Array(TAG_BYTES),
        };
        return formatPhc({ ...kept, tag: await tagOf(password, kept) });
      }),
    async fits(password, phc) {
      const kept = parsePhc(phc);
      if (kept === undefined) return false;
      return inTurn(async () => timingSafeEqual(await tagOf(password, kept), kept.tag));
    },
  };
}

function tagOf(password: string, { memory, passes, lanes, salt, tag }: Kept): Promise<Uint8Array> {
  const parameters = { memory, passes, parallelism: lanes, nonce: salt, tagLength: tag.length };
  const message = Buffer.from(password.normalize("NFKC"));
  return new Promise((resolve, reject) => {
    argon2("argon2id", { ...parameters, message }, (error, made) => {
      if (error === null) resolve(made);
      else reject(new Fault("overload", `a password could not be checked: ${error.message}`));
    });
  });
}

function formatPhc({ memory, passes, lanes, salt, tag }: Kept): string {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${base64(salt)}$${base64(tag)}`;
}

function parsePhc(text: string): Kept | undefined {
  const parts =
    /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/.exec(
      text,
    );
  if (parts === null) return undefined;
  const [memory = 0, passes = 0, lanes = 0] = parts.slice(1, 4).map(Number);
  const isBounded =
    memory >= 8 * lanes && memory <= FOREIGN_MEMORY_KIB_MAX && passes >= 1 && passes <= FOREIGN_PASSES_MAX;
  if (!isBounded || lanes < 1 || lanes > FOREIGN_LANES_MAX) return undefined;
  const [salt, tag] = [Buffer.from(parts[4] ?? "", "base64"), Buffer.from(parts[5] ?? "", "base64")];
  return { memory, passes, lanes, salt, tag };
}
