/**
 * GET over node's own HTTP, for addresses that strangers name. The name is looked up once, and only addresses that may be
 * connected to are handed to the socket: what was checked is what is connected to, so that a name server that changes its
 * mind gains nothing. No cookie, no referrer, no pool, no redirect.
 */
import { lookup as lookUp, type LookupAddress } from "node:dns";
import { type IncomingMessage, request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Fault } from "../../base/fault.ts";
import type { HttpFetch, HttpFetchRequest, HttpFetched } from "../../base/http.ts";
import { httpFault } from "./http-faults.ts";

/** How names become addresses; a test has its own. */
export type LookUpAll = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

const systemLookUp: LookUpAll = (hostname, done) =>
  lookUp(hostname, { all: true, verbatim: true }, (error, addresses) => done(error, addresses ?? []));

export function createHttpFetch(lookUpAll: LookUpAll = systemLookUp): HttpFetch {
  return (asked) =>
    new Promise((resolve, reject) => {
      const { url, timeoutMs, mayConnect } = asked;
      const fail = (error: unknown): void => reject(httpFault(error, url));
      let target: URL;
      try {
        target = new URL(url);
      } catch (error) {
        return fail(error);
      }
      const hostname = target.hostname.replaceAll(/^\[|\]$/g, "");
      // An address as it stands is never looked up.
      if (isIP(hostname) !== 0 && !mayConnect(hostname)) return fail(blocked(url));
      const secure = target.protocol === "https:";
      const options: RequestOptions = {
        method: "GET",
        agent: false,
        headers: { ...asked.headers, host: target.host, connection: "close" },
        lookup: onlyAllowed(lookUpAll, url, mayConnect),
        signal: AbortSignal.timeout(timeoutMs),
      };
      const request = (secure ? requestHttps : requestHttp)(target, options);
      request.on("response", (response) => readAll(response, asked).then(resolve, fail));
      request.on("error", (error) =>
        fail(error.name === "AbortError" || error.name === "TimeoutError" ? tooSlow(asked, error) : error),
      );
      request.end();
    });
}

function onlyAllowed(
  lookUpAll: LookUpAll,
  url: string,
  mayConnect: HttpFetchRequest["mayConnect"],
): LookupFunction {
  return (hostname, options, done) =>
    lookUpAll(hostname, (error, found) => {
      const allowed = found.filter(({ address }) => mayConnect(address));
      const [first] = allowed;
      if (error !== null) done(error, "", 0);
      else if (first === undefined) done(blocked(url), "", 0);
      else if (options.all === true) done(null, [...allowed]);
      else done(null, first.address, first.family);
    });
}

async function readAll(response: IncomingMessage, asked: HttpFetchRequest): Promise<HttpFetched> {
  const { url, bytesMax } = asked;
  const tooLarge = (): Fault => new Fault("overload", `${url} is larger than ${bytesMax} bytes`);
  try {
    if (Number(response.headers["content-length"] ?? 0) > bytesMax) throw tooLarge();
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > bytesMax) throw tooLarge();
      chunks.push(chunk);
    }
    const { statusCode = 0, headers } = response;
    return { status: statusCode, location: headers.location, body: Buffer.concat(chunks) };
  } catch (error) {
    const isAbort = error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
    throw isAbort ? tooSlow(asked, error) : error;
  } finally {
    response.destroy();
  }
}

function blocked(url: string): Fault {
  return new Fault("blocked", `${url} leads to an address that is not to be asked`);
}

function tooSlow({ url, timeoutMs }: HttpFetchRequest, cause: unknown): Fault {
  return new Fault("timeout", `no answer from ${url} within ${timeoutMs} ms`, { cause });
}
