/** One client's TCP connection (RFC 7766): many questions, answered as they are ready; ended when idle or too greedy. */
import type { Timer } from "../../base/clock.ts";
import type { Connection } from "../../base/network.ts";
import type { World } from "../../base/world.ts";
import { HEADER_BYTES } from "../../protocol/dns/decode.ts";
import { createTcpFragmenter, frameTcp } from "../../protocol/dns/tcp-framing.ts";
import type { Answerer } from "./dns-server.ts";

/** Limit: RFC 7766 §6.2.3 asks for seconds, so that idle clients do not hold memory. */
const IDLE_TIMEOUT_MS = 10_000;
/** Limit: bytes the client does not take; past this it asks faster than it reads. */
const UNREAD_BYTES_MAX = 1024 * 1024;

export function serveTcp(world: World, connection: Connection, answer: Answerer, closed: () => void): void {
  const fragmenter = createTcpFragmenter();
  let open = true;
  let unanswered = 0;
  let clientEnded = false;
  let idle: Timer | undefined;
  const watchIdle = (): void => {
    idle?.cancel();
    idle = world.clock.after(IDLE_TIMEOUT_MS, () => connection.end());
  };
  const send = (reply: Uint8Array): void => {
    if (!open) return;
    unanswered--;
    connection.write(frameTcp(reply));
    if (connection.bufferedBytes > UNREAD_BYTES_MAX) connection.destroy();
    else if (clientEnded && unanswered === 0) connection.end();
  };
  watchIdle();
  connection.attach({
    data(bytes) {
      watchIdle();
      for (const message of fragmenter.push(bytes)) {
        // Less than a header gets no answer; over a stream that means the client speaks something else.
        if (message.length < HEADER_BYTES) {
          connection.destroy();
          return;
        }
        unanswered++;
        answer(message, connection.remote, "tcp", send);
      }
    },
    end() {
      clientEnded = true;
      if (unanswered === 0) connection.end();
    },
    closed() {
      open = false;
      idle?.cancel();
      closed();
    },
  });
}
