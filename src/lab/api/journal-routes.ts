/** The journal over the control API: journeys, waiting for one, packets, and every event as it happens. */
import type { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { formatEvent } from "../../journal/ndjson.ts";
import { formatPcap } from "../../journal/pcap.ts";
import type { Lab } from "../lab.ts";
import { durationOf } from "./request.ts";

const NONE = { error: "no journey matches; /lab/v1/traces lists them" };

export function addJournalRoutes(app: Hono, lab: Lab): void {
  app.get("/traces", (context) => context.json(lab.traces()));

  app.get("/traces/:query", (context) => {
    const trace = lab.trace(context.req.param("query"));
    return trace === undefined ? context.json(NONE, 404) : context.json(trace);
  });

  app.get("/traces/:query/pcap", (context) => {
    const trace = lab.trace(context.req.param("query"));
    if (trace === undefined) return context.json(NONE, 404);
    return context.body(Buffer.from(formatPcap(trace)), 200, {
      "content-type": "application/vnd.tcpdump.pcap",
    });
  });

  app.get("/wait", async (context) => {
    const { q = "", timeout = "5s", advance } = context.req.query();
    const options = { timeoutMs: durationOf(timeout, "timeout"), advanceClock: advance !== undefined };
    const trace = await lab.waitFor(q, options);
    return trace === undefined
      ? context.json({ error: `nothing matched "${q}" within ${timeout}` }, 408)
      : context.json(trace);
  });

  // From the one after Last-Event-ID (or `after`); ids are gapless, so a client sees what it missed.
  app.get("/events", (context) => {
    const from = context.req.header("last-event-id") ?? context.req.query("after");
    const after = from === undefined ? lab.journal.lastId : Number(from);
    return streamSSE(context, async (stream) => {
      let sent = Number.isSafeInteger(after) ? after : lab.journal.lastId;
      let wake: () => void = () => undefined;
      const stop = lab.journal.subscribe(() => wake());
      stream.onAbort(() => {
        stop();
        wake();
      });
      await stream.write(": events of the lab\n\n");
      while (!stream.aborted) {
        // Armed first: an event recorded while we write must wake us again.
        const news = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const events = lab.journal.read(sent);
        for (const event of events) {
          await stream.writeSSE({
            id: String(event.id),
            event: event.kind,
            data: formatEvent(event).trimEnd(),
          });
          sent = event.id;
        }
        if (events.length === 0 && !stream.aborted) await news;
      }
    });
  });
}
