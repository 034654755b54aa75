/**
 * The control socket of a running server: HTTP on a Unix socket in its data folder, which only the user who runs the
 * server can open (mode 0600). That is the whole protection, and no ban or lost password shuts it. By hand:
 * `curl --unix-socket data/control.sock -d '{}' http://control/v1/accounts`.
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isFault } from "../../base/fault.ts";
import type { Result } from "../../base/result.ts";
import type { Ask } from "../../server/accounts/asked.ts";
import { socketPath } from "./socket-path.ts";

/** Limit: of a request: a message of 100 MB in base64, and some. */
const BODY_BYTES_MAX = 160 * 1024 * 1024;
const OWNER_ONLY = 0o600;
const PATH = /^\/v1\/([A-Za-z]+)$/;

type Reply = { readonly status: number; readonly body: Result<unknown, string> };

/** `data` must be locked by this process. Rejects with what listening throws. */
export async function serveControl(data: string, ask: Ask): Promise<() => Promise<void>> {
  const path = socketPath(data);
  const server = createServer((request, response) => void handle(request, response, ask));
  rmSync(path, { force: true }); // one that a server left behind that was killed
  await listenPrivately(server, path);
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
}

/** The socket must never be open to others, not even between its making and the change of its mode. */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const before = process.umask(0o777 & ~OWNER_ONLY);
    try {
      server.listen(path, () => {
        chmodSync(path, OWNER_ONLY);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, ask: Ask): Promise<void> {
  const { status, body } = await replyTo(request, ask);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}

async function replyTo(request: IncomingMessage, ask: Ask): Promise<Reply> {
  const method = PATH.exec(request.url ?? "")?.[1] ?? "";
  if (request.method !== "POST") return refused(405, "POST a JSON object");
  const text = await bodyOf(request);
  if (text === undefined) return refused(413, `more than ${BODY_BYTES_MAX} bytes`);
  let asked: unknown;
  try {
    asked = JSON.parse(text === "" ? "{}" : text);
  } catch {
    return refused(400, "this is not JSON");
  }
  try {
    const body = await ask(method, asked);
    if (body === undefined) return refused(404, `there is no ${request.url}`);
    return { status: body.ok ? 200 : 409, body };
  } catch (error) {
    if (!isFault(error)) throw error;
    return refused(503, error.message);
  }
}

function refused(status: number, error: string): Reply {
  return { status, body: { ok: false, error } };
}

/** Undefined when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
