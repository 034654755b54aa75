/** The lines of SMTP around a message that is not sent yet: as our client says them to a server that offers everything. Pure. */
import { NO_CAPABILITIES } from "../../protocol/smtp/capabilities.ts";
import { ClientTransaction } from "../../protocol/smtp/client-transaction.ts";
import { needsUtf8, recipientsOf, type SendRequest } from "./send.ts";

/** Without CHUNKING, so that it ends in DATA, as in every book. */
const OFFERED = {
  ...NO_CAPABILITIES,
  pipelining: true,
  eightBitMime: true,
  smtputf8: true,
  dsn: true,
  size: true,
};

export function linesOf(request: SendRequest, hostname: string, sizeBytes: number): string[] {
  const { from: reversePath, notify, user } = request;
  const recipients = recipientsOf(request).map((address) => ({
    address,
    ...(notify === undefined ? {} : { notify }),
  }));
  const message = {
    reversePath,
    recipients,
    body: "8BITMIME",
    smtputf8: needsUtf8(request),
    sizeBytes,
  } as const;
  const { lines } = new ClientTransaction(message, OFFERED, false).start(false);
  const login = user === undefined ? [] : ["AUTH PLAIN ***"];
  return [`EHLO ${hostname}`, "STARTTLS", `EHLO ${hostname}`, ...login, ...lines, "…", ".", "QUIT"];
}
