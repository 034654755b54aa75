/**
 * Files on their way into a letter: put aside until they are saved with a draft or sent, bounded by account and in all,
 * and forgotten after an hour. An id is a secret of chance and good for its own account only; the file's name on disk
 * tells nothing of it.
 */
import type { Scratch } from "../../../base/files.ts";
import type { World } from "../../../base/world.ts";
import { isFault } from "../../../base/fault.ts";
import { formatSize } from "../../../base/size.ts";
import { ApiError } from "../api-error.ts";

type Upload = {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly cid: string;
};

type UploadedFile = Pick<Upload, "name" | "contentType"> & { readonly content: Uint8Array };

export type Uploads = {
  /** Throws ApiError 413 when it is more than an account, 503 when it is more than all together may hold; Fault of the disk. */
  add(account: string, file: UploadedFile): Promise<Upload>;
  find(account: string, id: string): Promise<(Upload & UploadedFile) | undefined>;
  /** Forgets what is too old; quick when nothing is. */
  sweep(): void;
};

/** Limit: held of one account, and of all; what does not fit makes the account's oldest go, or is refused. */
export const ACCOUNT_BYTES_MAX = 60 * 1024 * 1024;
const ALL_BYTES_MAX = 300 * 1024 * 1024;
export const ACCOUNT_FILES_MAX = 200;
export const KEPT_MS = 3_600_000;
const ID_BYTES = 18;

type Held = {
  readonly account: string;
  readonly upload: Upload;
  readonly place: string;
  readonly until: number;
  /** Settles when it is on disk. */
  readonly written: Promise<void>;
};

/** Without a scratch they are held in memory, within the same bounds. */
export function createUploads(
  { clock, random }: Pick<World, "clock" | "random">,
  scratch: Scratch = createMemoryScratch(),
): Uploads {
  /** By id, oldest first. */
  const held = new Map<string, Held>();
  let count = 0;

  function forget(id: string): void {
    const one = held.get(id);
    held.delete(id);
    // A file that cannot be taken away goes when the folder is opened again.
    one?.written.then(() => scratch.remove(one.place)).catch(() => undefined);
  }

  function sweep(): void {
    const now = clock.now();
    for (const [id, { until }] of held) {
      if (until > now) return;
      forget(id);
    }
  }

  /** Makes room before anything is waited for: two at once must not both take the last of it. */
  function makeRoom(account: string, sizeBytes: number): void {
    if (sizeBytes > ACCOUNT_BYTES_MAX)
      throw new ApiError(413, `a file may have ${formatSize(ACCOUNT_BYTES_MAX)}`);
    const own = [...held].filter(([, one]) => one.account === account);
    let ownBytes = sizeOf(own) + sizeBytes;
    let files = own.length + 1;
    for (const [id, { upload }] of own) {
      if (ownBytes <= ACCOUNT_BYTES_MAX && files <= ACCOUNT_FILES_MAX) break;
      forget(id);
      ownBytes -= upload.sizeBytes;
      files--;
    }
    if (sizeOf([...held]) + sizeBytes > ALL_BYTES_MAX)
      throw new ApiError(503, "too many files are on their way at the moment; try again in a while");
  }

  return {
    sweep,
    async add(account, { name, contentType, content }) {
      sweep();
      makeRoom(account, content.length);
      const id = Buffer.from(random.bytes(ID_BYTES)).toString("base64url");
      const upload = { id, name, contentType, sizeBytes: content.length, cid: `${id}@posthorn` };
      const place = String(++count);
      const written = scratch.write(place, content);
      held.set(id, { account, upload, place, until: clock.now() + KEPT_MS, written });
      try {
        await written;
      } catch (error) {
        held.delete(id);
        throw error;
      }
      return upload;
    },
    async find(account, id) {
      sweep();
      const one = held.get(id);
      if (one?.account !== account) return undefined;
      try {
        await one.written;
      } catch (error) {
        if (isFault(error)) return undefined;
        throw error;
      }
      const content = await scratch.read(one.place);
      return content === undefined ? undefined : { ...one.upload, content };
    },
  };
}

function createMemoryScratch(): Scratch {
  const kept = new Map<string, Uint8Array>();
  return {
    write: (name, bytes) => Promise.resolve(void kept.set(name, bytes)),
    read: (name) => Promise.resolve(kept.get(name)),
    remove: (name) => Promise.resolve(void kept.delete(name)),
  };
}

function sizeOf(some: readonly (readonly [string, Held])[]): number {
  return some.reduce((sum, [, { upload }]) => sum + upload.sizeBytes, 0);
}
