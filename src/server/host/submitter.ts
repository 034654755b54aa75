/** Mail that begins on this machine: it gets a trace header of its own and goes to the queue like any other. */
import { fromUtf8 } from "../../base/bytes.ts";
import type { World } from "../../base/world.ts";
import { scanHeader } from "../../message/compliance.ts";
import { formatReceived } from "../../message/header/received.ts";
import type { Queue } from "../../mta/queue/queue.ts";
import { finalAddresses } from "../../mta/reception/aliases.ts";
import type { HostSettings } from "../../settings/host-settings.ts";

export type LocalMessage = {
  readonly reversePath: string;
  readonly recipients: readonly string[];
  readonly content: Uint8Array;
  /** Held in the queue until then. */
  readonly notBefore?: number | undefined;
};

export function createSubmitter(options: {
  readonly world: Pick<World, "clock">;
  readonly settings: HostSettings;
  readonly queue: Queue;
}) {
  const { world, settings, queue } = options;
  return async function submit({
    reversePath,
    recipients,
    content,
    notBefore,
  }: LocalMessage): Promise<string> {
    const id = queue.makeId();
    const scan = scanHeader(content, { smtputf8: true });
    const received = formatReceived({
      helo: "localhost",
      remoteAddress: settings.addresses[0] ?? "127.0.0.1",
      hostname: settings.hostname,
      protocol: "local",
      queueId: id,
      recipient: recipients.length === 1 ? recipients[0] : undefined,
      at: world.clock.now(),
    });
    const final = new Set(recipients.flatMap((address) => finalAddresses(settings, address)));
    const isAscii = [reversePath, ...final].every((address) => /^[\x20-\x7e]*$/.test(address));
    await queue.submit({
      id,
      envelope: {
        reversePath,
        recipients: [...final].map((address, index) => ({ index, address })),
        body: "8BITMIME",
        smtputf8: !isAscii,
      },
      content: [fromUtf8(received), content],
      notBefore,
      client: undefined,
      connection: undefined,
      messageId: scan.messageId,
      subject: scan.subject,
      cause: undefined,
    });
    return id;
  };
}
