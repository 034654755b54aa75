/** Mailpit's /api/v1/info. What a lab has no such thing for is empty or zero. */
import type { Lab } from "../../lab.ts";
import type { Found } from "./search.ts";

export function infoView(
  { journal }: Lab,
  all: readonly Found[],
  { deleted, startedAt }: { readonly deleted: number; readonly startedAt: number },
) {
  const tags: Record<string, number> = {};
  for (const { digest } of all) for (const tag of digest.tags) tags[tag] = (tags[tag] ?? 0) + 1;
  // At every host it passed: each of them accepted it by SMTP.
  const events = journal.read();
  const accepted = events.flatMap((one) => (one.kind === "message.received" ? [one] : []));
  const refused = events.filter(({ kind }) => kind === "message.refused");
  return {
    Version: "Posthorn",
    LatestVersion: "",
    Database: "",
    DatabaseSize: all.reduce((sum, { mail }) => sum + mail.sizeBytes, 0),
    Messages: all.length,
    Unread: all.filter(({ mail }) => !mail.isRead).length,
    Tags: tags,
    RuntimeStats: {
      Uptime: Math.floor((Date.now() - startedAt) / 1_000),
      Memory: process.memoryUsage().rss,
      MessagesDeleted: deleted,
      SMTPAccepted: accepted.length,
      SMTPAcceptedSize: accepted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      SMTPRejected: refused.length,
      SMTPIgnored: 0,
    },
  };
}
