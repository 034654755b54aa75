/** The connections the index remembers, the latest ones; the oldest goes, with what ties it to its other end. */
import { connectionOf } from "../connections.ts";
import type { EventOf, JournalEvent } from "../events.ts";
import { openLight, pairLight, type LightConnection } from "./light-connection.ts";

/** A dial that came to nothing. */
export type FailedDial = EventOf<"connection.failed">;

export type ConnectionBook = {
  open(event: EventOf<"connection.opened">): LightConnection;
  fail(event: FailedDial): void;
  /** The connection an event belongs to, at the host that recorded it. */
  of(event: JournalEvent): LightConnection | undefined;
  get(id: string): LightConnection | undefined;
  /** Oldest first. */
  readonly all: ReadonlyMap<string, LightConnection>;
  readonly failed: readonly FailedDial[];
  clear(): void;
};

/** Limit: dials that failed are few, unless something is broken for long; the latest tell as much as all. */
const FAILED_MAX = 2_000;

export function createConnectionBook(connectionsMax: number): ConnectionBook {
  const all = new Map<string, LightConnection>();
  const lonely = new Map<string, LightConnection>();
  let failed: FailedDial[] = [];

  function forgetOldest(): void {
    for (const [id, connection] of all) {
      all.delete(id);
      for (const [key, one] of lonely) {
        if (one === connection) lonely.delete(key);
        break; // insertion order: only the oldest can be it
      }
      return;
    }
  }

  return {
    open(event) {
      const connection = openLight(event);
      all.set(connection.id, connection);
      pairLight(connection, lonely);
      if (all.size > connectionsMax) forgetOldest();
      return connection;
    },
    fail(event) {
      failed.push(event);
      if (failed.length > FAILED_MAX) failed = failed.slice(FAILED_MAX / 2);
    },
    of(event) {
      const id = connectionOf(event);
      const connection = id === undefined ? undefined : all.get(id);
      return connection?.host === event.host ? connection : undefined;
    },
    get: (id) => all.get(id),
    all,
    get failed() {
      return failed;
    },
    clear() {
      all.clear();
      lonely.clear();
      failed = [];
    },
  };
}
