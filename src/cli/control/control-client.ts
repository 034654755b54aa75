/** The console of a running server, over its control socket. Octets go as base64. Rejects with Fault "refused" when nobody listens there. */
import { request } from "node:http";
import { Fault } from "../../base/fault.ts";
import type { Result } from "../../base/result.ts";
import { type Console, consoleOver } from "../../server/accounts/console.ts";

export function controlClient(path: string): Console {
  return consoleOver((method, asked) => call(path, method, asked));
}

function call(path: string, method: string, asked: unknown): Promise<Result<unknown, string>> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new Fault("refused", `${path}: ${error.message}`, { cause: error }));
    const asking = request({ socketPath: path, path: `/v1/${method}`, method: "POST" }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => void pieces.push(piece));
      response.on("error", fail);
      response.on("end", () => {
        try {
          resolve(JSON.parse(Buffer.concat(pieces).toString("utf8")) as Result<unknown, string>);
        } catch (error) {
          fail(error as Error);
        }
      });
    });
    asking.on("error", fail);
    asking.end(JSON.stringify(asked, inBase64));
  });
}

/** A replacer of JSON.stringify; a Buffer would already have turned itself into an array. */
function inBase64(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const one = this[key];
  return one instanceof Uint8Array ? Buffer.from(one).toString("base64") : value;
}
