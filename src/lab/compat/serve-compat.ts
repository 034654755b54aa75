/**
 * The doors that speak other tools' APIs, each on a port of its own on 127.0.0.1. What answers is loaded with the first
 * request. A port that is taken leaves its door out, and says so: the lab is none the worse.
 */
import { isFault } from "../../base/fault.ts";
import type { HttpHandler } from "../../base/http.ts";
import type { Lab } from "../lab.ts";

export const MAILPIT_PORT = 8025;
export const MAILHOG_PORT = 8026;
const ADDRESS = "127.0.0.1";

export type CompatDoor = { readonly name: "Mailpit" | "MailHog"; readonly url: string };

export type CompatDoors = {
  readonly doors: readonly CompatDoor[];
  /** One sentence for each that did not open. */
  readonly closed: readonly string[];
  close(): Promise<void>;
};

/** A port: 0 takes any free one; undefined opens no door. */
export type CompatPorts = { readonly mailpit: number | undefined; readonly mailhog: number | undefined };

const WEBS = {
  Mailpit: async (lab: Lab) => {
    const [{ createCompatWeb }, { addMailpit }] = await Promise.all([
      import("./compat-web.ts"),
      import("./mailpit/routes.ts"),
    ]);
    return createCompatWeb((app) => addMailpit(app, lab));
  },
  MailHog: async (lab: Lab) => {
    const [{ createCompatWeb }, { addMailHog }] = await Promise.all([
      import("./compat-web.ts"),
      import("./mailhog/routes.ts"),
    ]);
    return createCompatWeb((app) => addMailHog(app, lab));
  },
} as const;

export async function serveCompat(lab: Lab, { mailpit, mailhog }: CompatPorts): Promise<CompatDoors> {
  const { listenHttp } = await import("../../engine/http/listen.ts");
  const doors: CompatDoor[] = [];
  const closed: string[] = [];
  const closers: (() => Promise<void>)[] = [];
  for (const [name, port] of [
    ["Mailpit", mailpit],
    ["MailHog", mailhog],
  ] as const) {
    if (port === undefined) continue;
    let web: Promise<HttpHandler> | undefined;
    try {
      const { endpoint, close } = await listenHttp(
        { endpoint: { address: ADDRESS, port } },
        async (request, client) => (await (web ??= WEBS[name](lab)))(request, client),
      );
      doors.push({ name, url: `http://${ADDRESS}:${endpoint.port}` });
      closers.push(close);
    } catch (error) {
      if (!isFault(error)) throw error;
      closed.push(`${name}'s API does not answer: port ${port} is taken (--${name.toLowerCase()}-port)`);
    }
  }
  return {
    doors,
    closed,
    close: async () => void (await Promise.all(closers.map((close) => close()))),
  };
}
