/** IDLE (RFC 2177, RFC 9051 §6.3.13): tells what happens in the turn it happens, until the client says DONE. */
import { bad, no, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";

export const idle: Handler<"idle"> = async (session) => {
  session.tellNews(true);
  const before = session.onEvent;
  let isAwake = false;
  session.onEvent = (event, mail) => {
    before?.(event, mail);
    const { selected } = session;
    if (isAwake || selected?.mail !== mail || event.kind.startsWith("mailbox")) return;
    // Changes of one turn are told together.
    isAwake = true;
    queueMicrotask(() => {
      isAwake = false;
      // A client that does not read hears it when it does: nothing is lost, the view waits.
      if (session.onEvent === undefined || session.output.isOverfull) return;
      session.tellNews(true);
      session.tellMore()?.then(
        () => session.driver.flush(),
        (error: unknown) => session.driver.warn("fault", String(error)),
      );
      session.driver.flush();
    });
  };
  const line = await session.driver.line("idling");
  if (session.mail === undefined) return no("the session is over");
  session.onEvent = before;
  return line?.trim().toUpperCase() === "DONE" ? ok("IDLE completed") : bad("IDLE ends with DONE");
};
