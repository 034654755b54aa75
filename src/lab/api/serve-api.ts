/** The control API on 127.0.0.1: everything under /lab/v1. It never listens on any other address. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Fault } from "../../base/fault.ts";
import { LabError, type Lab } from "../lab.ts";
import { addControlRoutes } from "./control-routes.ts";
import { guard } from "./guard.ts";
import { addJournalRoutes } from "./journal-routes.ts";
import { addMailRoutes } from "./mail-routes.ts";

export const API_PORT = 8066;
const ADDRESS = "127.0.0.1";
/** Limit: a message of 50 MB in base64, and some. */
const BODY_BYTES_MAX = 80 * 1024 * 1024;

export type LabApi = { readonly url: string; close(): Promise<void> };

export function createApi(lab: Lab, stop: () => void): Hono {
  // Not strict: "/lab/v1" and "/lab/v1/" are the same.
  const api = new Hono({ strict: false });
  addControlRoutes(api, lab, stop);
  addMailRoutes(api, lab);
  addJournalRoutes(api, lab);
  const app = new Hono({ strict: false });
  app.use(guard);
  const tooLarge = { error: `the body is larger than ${BODY_BYTES_MAX} bytes` };
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (context) => context.json(tooLarge, 413) }));
  app.route("/lab/v1", api);
  app.notFound((context) =>
    context.json({ error: "there is nothing here; docs/lab.md lists what there is" }, 404),
  );
  app.onError((error, context) => {
    if (error instanceof LabError) return context.json({ error: error.message }, 400);
    if (error instanceof Fault) return context.json({ error: error.message }, 502);
    console.error(error);
    return context.json({ error: "the lab has a bug here; its terminal shows where" }, 500);
  });
  return app;
}

/** Port 0 takes any free one. Rejects with Fault "addressInUse". */
export function serveApi(lab: Lab, port: number, stop: () => void): Promise<LabApi> {
  const { fetch } = createApi(lab, stop);
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: ADDRESS }, ({ port: bound }) => {
      resolve({ url: `http://${ADDRESS}:${bound}/lab/v1`, close });
    });
    const close = (): Promise<void> =>
      new Promise((done) => {
        server.close(() => done());
        // Live event streams would hold the server open for ever.
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    server.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = `port ${port} of ${ADDRESS} is in use: choose another with --port`;
      reject(error.code === "EADDRINUSE" ? new Fault("addressInUse", inUse, { cause: error }) : error);
    });
  });
}
