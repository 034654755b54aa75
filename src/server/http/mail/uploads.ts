/**
 * Files on their way into a letter: held in memory until they are saved with a draft or sent, bounded by account and in
 * all, and forgotten after an hour. An id is a secret of chance and good for its own account only.
 */
import type { World } from "../../../base/world.ts";
import { formatSize } from "../../../base/size.ts";
import { ApiError } from "../api-error.ts";

export type Upload = {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly cid: string;
};

export type Uploads = {
  /** Throws ApiError 413 when it is more than an account, or all together, may hold. */
  add(account: string, file: Pick<Upload, "name" | "contentType" | "content">): Upload;
  find(account: string, id: string): Upload | undefined;
  /** Forgets what is too old; quick when nothing is. */
  sweep(): void;
};

/** Limit: held of one account, and of all; what does not fit makes the account's oldest go, or is refused. */
const ACCOUNT_BYTES_MAX = 60 * 1024 * 1024;
const ALL_BYTES_MAX = 300 * 1024 * 1024;
const ACCOUNT_FILES_MAX = 200;
const KEPT_MS = 3_600_000;
const ID_BYTES = 18;

type Held = { readonly account: string; readonly upload: Upload; readonly until: number };

export function createUploads({ clock, random }: Pick<World, "clock" | "random">): Uploads {
  /** By id, oldest first. */
  const held = new Map<string, Held>();

  function sweep(): void {
    const now = clock.now();
    for (const [id, { until }] of held) {
      if (until > now) return;
      held.delete(id);
    }
  }

  return {
    sweep,
    add(account, { name, contentType, content }) {
      sweep();
      if (content.length > ACCOUNT_BYTES_MAX)
        throw new ApiError(413, `a file may have ${formatSize(ACCOUNT_BYTES_MAX)}`);
      const own = [...held].filter(([, one]) => one.account === account);
      let ownBytes = sizeOf(own) + content.length;
      let allBytes = sizeOf([...held]) + content.length;
      let files = own.length + 1;
      for (const [id, { upload }] of own) {
        if (ownBytes <= ACCOUNT_BYTES_MAX && files <= ACCOUNT_FILES_MAX) break;
        held.delete(id);
        ownBytes -= upload.content.length;
        allBytes -= upload.content.length;
        files--;
      }
      if (allBytes > ALL_BYTES_MAX)
        throw new ApiError(503, "too many files are on their way at the moment; try again in a while");
      const id = Buffer.from(random.bytes(ID_BYTES)).toString("base64url");
      const upload = { id, name, contentType, content, cid: `${id}@posthorn` };
      held.set(id, { account, upload, until: clock.now() + KEPT_MS });
      return upload;
    },
    find(account, id) {
      sweep();
      const one = held.get(id);
      return one?.account === account ? one.upload : undefined;
    },
  };
}

function sizeOf(some: readonly (readonly [string, Held])[]): number {
  return some.reduce((sum, [, { upload }]) => sum + upload.content.length, 0);
}
