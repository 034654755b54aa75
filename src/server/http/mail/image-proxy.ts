/**
 * Remote pictures in mail, fetched by this server so that the sender learns neither the reader's address nor when exactly
 * it was read twice. Only from public addresses, only pictures by their own bytes, bounded in size, time and number.
 */
import type { Clock } from "../../../base/clock.ts";
import { isFault } from "../../../base/fault.ts";
import type { HttpFetch } from "../../../base/http.ts";
import { isPublicAddress } from "../../../base/public-address.ts";
import { ApiError } from "../api-error.ts";
import { pictureType, type PictureType } from "./picture-type.ts";

export type Picture = { readonly type: PictureType; readonly bytes: Uint8Array };

export type ImageProxy = {
  /** Throws ApiError: 400 for an address that is none of ours to ask, 415 for what is no picture, 413, 429, 502. */
  get(account: string, url: string): Promise<Picture>;
};

/** Limit: of a picture; a mail's header image has some hundred kB. */
const PICTURE_BYTES_MAX = 10 * 1024 * 1024;
const FETCH_MS = 15_000;
const REDIRECTS_MAX = 4;
/** Limit: fetches at once, of one account and of all. */
const FETCHES_EACH_MAX = 16;
const FETCHES_MAX = 100;
/** Limit: pictures kept, in bytes and time: a message is opened again, or printed. */
const CACHE_BYTES_MAX = 16 * 1024 * 1024;
const CACHE_MS = 10 * 60_000;

type Cached = { readonly picture: Picture; readonly until: number };

export function createImageProxy(
  { clock }: { readonly clock: Clock },
  fetch: HttpFetch | undefined,
): ImageProxy {
  /** By account and address, in the order of use: nobody can tell what others have seen. */
  const cache = new Map<string, Cached>();
  const running = new Map<string, number>();
  let cachedBytes = 0;
  let runningCount = 0;

  function drop(key: string): void {
    cachedBytes -= cache.get(key)?.picture.bytes.length ?? 0;
    cache.delete(key);
  }

  function keep(key: string, picture: Picture): void {
    drop(key);
    cache.set(key, { picture, until: clock.now() + CACHE_MS });
    cachedBytes += picture.bytes.length;
    for (const oldest of cache.keys()) {
      if (cachedBytes <= CACHE_BYTES_MAX) return;
      drop(oldest);
    }
  }

  async function bounded<T>(account: string, run: () => Promise<T>): Promise<T> {
    const count = running.get(account) ?? 0;
    if (count >= FETCHES_EACH_MAX || runningCount >= FETCHES_MAX)
      throw new ApiError(429, "too many pictures are being fetched; try again in a moment");
    running.set(account, count + 1);
    runningCount++;
    try {
      return await run();
    } finally {
      runningCount--;
      const left = (running.get(account) ?? 1) - 1;
      if (left === 0) running.delete(account);
      else running.set(account, left);
    }
  }

  return {
    async get(account, asked) {
      if (fetch === undefined) throw new ApiError(502, "this server fetches no pictures from elsewhere");
      const url = checkedUrl(asked);
      const key = `${account} ${url.href}`;
      const known = cache.get(key);
      if (known !== undefined && known.until > clock.now()) return known.picture;
      const picture = await bounded(account, () => fetchPicture(fetch, url));
      keep(key, picture);
      return picture;
    },
  };
}

async function fetchPicture(fetch: HttpFetch, first: URL): Promise<Picture> {
  let url = first;
  for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
    const { status, location, body } = await ask(fetch, url);
    if (status >= 300 && status < 400 && location !== undefined) {
      url = checkedUrl(location, url);
      continue;
    }
    if (status !== 200) throw new ApiError(502, `the picture's server answered ${status}`);
    const type = pictureType(body);
    if (type === undefined) throw new ApiError(415, "what came is no picture that can be shown safely");
    return { type, bytes: body };
  }
  throw new ApiError(502, "the picture's server sends from one address to the next without end");
}

async function ask(fetch: HttpFetch, url: URL): ReturnType<HttpFetch> {
  try {
    return await fetch({
      url: url.href,
      headers: { accept: "image/png, image/jpeg, image/gif, image/webp", "user-agent": "Posthorn" },
      timeoutMs: FETCH_MS,
      bytesMax: PICTURE_BYTES_MAX,
      mayConnect: isPublicAddress,
    });
  } catch (error) {
    if (!isFault(error)) throw error;
    // Which of them it was would tell a page what stands in our network.
    if (error.kind === "overload") throw new ApiError(413, "the picture is too large");
    throw new ApiError(502, "the picture's server cannot be asked");
  }
}

/** http and https on their own ports, without a name and password. */
function checkedUrl(text: string, base?: URL): URL {
  const refuse = (why: string): never => {
    throw new ApiError(400, `this picture is not fetched: ${why}`);
  };
  const url = URL.parse(text, base?.href);
  if (url === null) return refuse("its address cannot be read");
  if (url.protocol !== "http:" && url.protocol !== "https:") return refuse("only http and https are");
  // The port is empty where it is the scheme's own.
  if (url.port !== "" && url.port !== "80" && url.port !== "443")
    return refuse("only ports 80 and 443 are asked");
  if (url.username !== "" || url.password !== "") return refuse("its address holds a password");
  url.hash = "";
  return url;
}
