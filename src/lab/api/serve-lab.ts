/** A lab's HTTP door on 127.0.0.1. What answers is loaded with the first request: a lab that nobody asks stays small. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault, isFault } from "../../base/fault.ts";
import type { HttpHandler } from "../../base/http.ts";
import { createAppFolder } from "../../engine/http/app-folder.ts";
import type { Lab } from "../lab.ts";
import type { FileDesk } from "../runtime/file-desk.ts";

export const API_PORT = 8066;
const ADDRESS = "127.0.0.1";

export type LabApi = {
  /** Of the browser app; the API is below it, at /lab/v1. */
  readonly url: string;
  close(): Promise<void>;
};

/** Port 0 takes any free one. Rejects with Fault "addressInUse". */
export async function serveLab(lab: Lab, port: number, stop: () => void, file?: FileDesk): Promise<LabApi> {
  const { listenHttp } = await import("../../engine/http/listen.ts");
  let web: Promise<HttpHandler> | undefined;
  let uploads: string | undefined;
  const open = async (): Promise<HttpHandler> => {
    const [{ createLabWeb }, { createHttpFetch }, { openScratchFolder }] = await Promise.all([
      import("./lab-web.ts"),
      import("../../engine/http/fetch.ts"),
      import("../../engine/files/scratch-folder.ts"),
    ]);
    uploads = await mkdtemp(join(tmpdir(), "posthorn-lab-uploads-"));
    const outside = { fetchImage: createHttpFetch(), scratch: await openScratchFolder(uploads) };
    return createLabWeb({ lab, stop, file }, createAppFolder(), outside);
  };
  try {
    const { endpoint, close } = await listenHttp(
      { endpoint: { address: ADDRESS, port } },
      async (request, client) => (await (web ??= open()))(request, client),
    );
    return {
      url: `http://${ADDRESS}:${endpoint.port}`,
      async close() {
        await close();
        if (uploads !== undefined) await rm(uploads, { recursive: true, force: true });
      },
    };
  } catch (error) {
    if (!isFault(error, "addressInUse")) throw error;
    throw new Fault("addressInUse", `port ${port} of ${ADDRESS} is in use: choose another with --port`, {
      cause: error,
    });
  }
}
