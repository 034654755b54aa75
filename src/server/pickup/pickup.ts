/**
 * The pickup folder: an `.eml` put there is submitted, and removed once it is durable. One that cannot be sent moves
 * to `Badmail` with a `.why.txt` beside it. A crash between the two may submit a file twice, but never loses one.
 */
import { join } from "node:path";
import { fromUtf8 } from "../../base/bytes.ts";
import type { Clock, Timer } from "../../base/clock.ts";
import type { Files } from "../../base/files.ts";
import type { Recorder } from "../../journal/journal.ts";
import { readPickup } from "./pickup-message.ts";
import type { PickupMessage } from "./pickup-message.ts";

export type PickupOptions = {
  readonly folder: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Resolves with the queue id when the message is durable; rejects with a Fault when it cannot be taken now. */
  readonly submit: (message: PickupMessage) => Promise<string>;
};

export type Pickup = {
  /** Resolves when a look at the folder that starts now is over. */
  scan(): Promise<void>;
  close(): Promise<void>;
};

export const BADMAIL_FOLDER = "Badmail";

/** A file that keeps its size this long has been written to its end by whoever put it there. */
const SETTLE_MS = 200;
/** After a fault (a full queue), and in case a watch was missed. */
const RESCAN_MS = 30_000;
/** Limit: of one file; read into memory in one piece. */
const FILE_BYTES_MAX = 50 * 1024 * 1024;

export async function startPickup(options: PickupOptions): Promise<Pickup> {
  const { folder, files, clock } = options;
  await files.makeFolder(folder);
  const sizes = new Map<string, number>(); // seen once, not yet settled
  let timer: Timer | undefined;
  let looking: Promise<void> = Promise.resolve();
  let closed = false;

  const plan = (delayMs: number): void => {
    timer?.cancel();
    if (!closed) timer = clock.after(delayMs, () => void scan());
  };
  /** One look at a time: the next begins when the one that is going on is over. */
  function scan(): Promise<void> {
    looking = looking.then(() => (closed ? undefined : look()));
    return looking;
  }
  async function look(): Promise<void> {
    try {
      const names = (await files.list(folder)).filter((name) => name.toLowerCase().endsWith(".eml"));
      for (const name of sizes.keys()) if (!names.includes(name)) sizes.delete(name);
      for (const name of names) if (!closed) await takeOne(options, name, sizes);
      plan(sizes.size > 0 ? SETTLE_MS : RESCAN_MS);
    } catch (error) {
      warn(options, "pickup folder", error);
      plan(RESCAN_MS);
    }
  }

  const watch = files.watch(folder, () => plan(SETTLE_MS));
  await scan();
  return {
    scan,
    async close() {
      closed = true;
      timer?.cancel();
      watch.close();
      await looking;
    },
  };
}

async function takeOne(options: PickupOptions, name: string, sizes: Map<string, number>): Promise<void> {
  const { folder, files, submit } = options;
  const path = join(folder, name);
  const bytes = await files.readFile(path);
  if (bytes === undefined) return;
  if (sizes.get(name) !== bytes.length) {
    sizes.set(name, bytes.length);
    return;
  }
  sizes.delete(name);
  const message =
    bytes.length > FILE_BYTES_MAX
      ? ({ ok: false, error: `The file has ${bytes.length} bytes: at most ${FILE_BYTES_MAX}.` } as const)
      : readPickup(bytes);
  if (!message.ok) {
    await setAside(options, name, bytes, message.error);
    return;
  }
  await submit(message.value);
  await files.remove(path);
}

/** Message first, then the reason, then the original goes: at no moment is it nowhere. */
async function setAside(options: PickupOptions, name: string, bytes: Uint8Array, why: string): Promise<void> {
  const { folder, files, recorder } = options;
  const badmail = join(folder, BADMAIL_FOLDER);
  await files.makeFolder(badmail);
  await files.writeAtomically(join(badmail, name), bytes);
  await files.writeAtomically(join(badmail, `${name}.why.txt`), fromUtf8(`${why}\n`));
  await files.remove(join(folder, name));
  recorder.record(
    { kind: "warning", what: `pickup: ${name} set aside`, detail: why, rfc: undefined },
    undefined,
  );
}

function warn({ recorder }: PickupOptions, what: string, error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error);
  recorder.record({ kind: "warning", what, detail, rfc: undefined }, undefined);
}
