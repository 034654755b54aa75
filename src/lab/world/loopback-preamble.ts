/**
 * Where only 127.0.0.1 exists, who dials is told in a PROXY v2 preamble. The dialler's `connect` resolves when the
 * other side has read it, so that nothing else is ever in the same chunk; what is no preamble is torn down.
 */
import { concatBytes } from "../../base/bytes.ts";
import { Fault } from "../../base/fault.ts";
import type { Connection, Endpoint } from "../../base/network.ts";
import { decodeProxyPreamble, encodeProxyPreamble } from "./proxy-preamble.ts";

type Waiting = { readonly resolve: () => void; readonly reject: (fault: Fault) => void };

/** Diallers waiting to be recognised, by the real port they come from and the one they went to. */
export type PreambleMeetings = Map<string, Waiting>;

/** Limit: connections of one listener whose preamble is not yet there. */
const UNREAD_MAX = 128;

const keyOf = (fromPort: number, toPort: number): string => `${fromPort}>${toPort}`;

/**
 * Resolves once the other side knows us, the connection paused and with a handler that hears nothing: attach another.
 * Rejects with Fault "reset" when the listener goes away or does not understand.
 */
export function sendPreamble(
  meetings: PreambleMeetings,
  connection: Connection,
  from: string,
  to: Endpoint,
): Promise<void> {
  const source = { address: from, port: connection.local.port };
  const key = keyOf(source.port, connection.remote.port);
  return new Promise((resolve, reject) => {
    meetings.set(key, {
      resolve() {
        // In the turn that the other side was told of us: nothing it says can have come before.
        connection.pause();
        resolve();
      },
      reject,
    });
    connection.attach({
      data() {},
      end() {},
      closed(fault) {
        meetings.delete(key);
        reject(fault ?? new Fault("reset", "the lab host closed the connection at once"));
      },
    });
    connection.write(encodeProxyPreamble(source, to));
  });
}

export type PreambleDoor = {
  accept(connection: Connection): void;
  /** Nobody is read any more: those who wait are turned away. */
  close(): void;
};

/** `accept` gets the connection, paused and with nothing read but the preamble, and whom it named as the source. */
export function createPreambleDoor(
  meetings: PreambleMeetings,
  toPort: () => number,
  accept: (connection: Connection, source: Endpoint) => void,
): PreambleDoor {
  const unread = new Set<Connection>();

  const answer = (connection: Connection, isGood: boolean): void => {
    const key = keyOf(connection.remote.port, toPort());
    const waiting = meetings.get(key);
    meetings.delete(key);
    if (isGood) waiting?.resolve();
    else waiting?.reject(new Fault("reset", "the lab's own preamble was not understood"));
  };

  return {
    accept(connection) {
      if (unread.size >= UNREAD_MAX) {
        connection.destroy();
        answer(connection, false);
        return;
      }
      unread.add(connection);
      let bytes: Uint8Array = new Uint8Array(0);
      let isDone = false;
      const done = (source: Endpoint | undefined): void => {
        if (isDone) return;
        isDone = true;
        unread.delete(connection);
        if (source === undefined) {
          connection.destroy();
          answer(connection, false);
        } else {
          connection.pause();
          accept(connection, source);
          answer(connection, true);
        }
      };
      connection.attach({
        data(chunk) {
          if (isDone) return;
          bytes = concatBytes([bytes, chunk]);
          const reading = decodeProxyPreamble(bytes);
          if (reading.kind === "incomplete") return;
          const isWhole = reading.kind === "preamble" && reading.preamble.lengthBytes === bytes.length;
          done(isWhole ? reading.preamble.endpoints?.source : undefined);
        },
        end: () => done(undefined),
        closed: () => done(undefined),
      });
    },
    close() {
      for (const connection of unread) connection.destroy();
      for (const [key, waiting] of meetings) {
        if (!key.endsWith(`>${toPort()}`)) continue;
        meetings.delete(key);
        waiting.reject(new Fault("reset", "the lab host stopped listening"));
      }
    },
  };
}
