/**
 * Who is signed in at the browser: a random token in a cookie, of which we keep only the hash. Held in memory: after a
 * restart of the program one signs in again. A session ends by itself when it is not used.
 */
import { createHash } from "node:crypto";
import type { World } from "../../base/world.ts";
import type { Identified } from "../../mta/reception/reception.ts";

export type Session = {
  readonly account: string;
  /** With which kind of password it was begun. */
  readonly by: Identified["by"];
  readonly createdAt: number; // ms since 1970 UTC
  readonly seenAt: number;
};

export type Sessions = {
  /** Begins one; the token is for the cookie and known to nobody else. */
  begin(who: Identified): string;
  /** Marks it as used. */
  find(token: string): Session | undefined;
  end(token: string): void;
  /** All of an account: its password changed, or it is gone. */
  endAll(account: string): void;
};

const TOKEN_BYTES = 32;
/** Limit: a person who stays away this long signs in again. */
const IDLE_MS = 7 * 24 * 3_600_000;
/** Limit: a few hundred octets each. The one unused for longest makes room. */
const SESSIONS_MAX = 10_000;

export function createSessions(world: Pick<World, "clock" | "random">): Sessions {
  /** By hash; the order is that of use. */
  const sessions = new Map<string, Session>();

  function use(key: string, session: Session): void {
    sessions.delete(key);
    sessions.set(key, session);
  }

  return {
    begin({ account, by }) {
      const token = Buffer.from(world.random.bytes(TOKEN_BYTES)).toString("base64url");
      const now = world.clock.now();
      use(hashOf(token), { account, by, createdAt: now, seenAt: now });
      const [oldest] = sessions.keys();
      if (sessions.size > SESSIONS_MAX && oldest !== undefined) sessions.delete(oldest);
      return token;
    },
    find(token) {
      const key = hashOf(token);
      const found = sessions.get(key);
      if (found === undefined) return undefined;
      const now = world.clock.now();
      if (now - found.seenAt > IDLE_MS) {
        sessions.delete(key);
        return undefined;
      }
      const session = { ...found, seenAt: now };
      use(key, session);
      return session;
    },
    end: (token) => void sessions.delete(hashOf(token)),
    endAll(account) {
      for (const [key, one] of sessions) if (one.account === account) sessions.delete(key);
    },
  };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
