/** What scenarios look at, read from the bytes of a mail and the events of a journal. Pure. */
import type { JournalEvent, EventKind, EventOf } from "../../journal/events.ts";
import type { LabMail } from "../kit/lab-mail.ts";
import type { MailMatcher } from "../kit/matcher.ts";
import type { Lab } from "../lab.ts";
import { rawMessage } from "../runtime/send.ts";

/** The next mail for somebody, when everything due by then is done; lab time jumps as far as it takes. */
export async function arrival(lab: Lab, address: string, matcher: MailMatcher = {}): Promise<LabMail> {
  const mail = await (await lab.inbox(address)).wait(matcher, { advanceClock: true });
  await lab.idle();
  return mail;
}

/** The first delivery report an address has got, if any. */
export async function reportFor(
  lab: Lab,
  address: string,
  action: string = "failed",
): Promise<LabMail | undefined> {
  return (await (await lab.inbox(address)).list({ dsn: { action } }))[0];
}

/** How many messages the queues of all hosts hold. */
export function queued(lab: Lab): number {
  return [...lab.hosts.values()].reduce((sum, { host }) => sum + (host?.queue.depth ?? 0), 0);
}

/** What routing decided on a host, step by step, the latest decision last. */
export function routingSteps(lab: Lab, host: string): string[] {
  return eventsOf(lab, "routing", host).flatMap(({ steps }) => steps);
}

/** The bytes of a mail as text; every byte one character. */
export function textOf(raw: Uint8Array): string {
  return Buffer.from(raw).toString("latin1");
}

/** The hosts of the Received lines of a header, from the top: `by kerio.nemesis.test` is kerio. */
export function receivedBy(raw: Uint8Array): string[] {
  return [...textOf(raw).matchAll(/^Received:[^]*?\bby ([a-z0-9-]+)\./gim)].map(([, host = ""]) => host);
}

/** The events of one kind, oldest first. */
export function eventsOf<K extends EventKind>(lab: Lab, kind: K, host?: string): EventOf<K>[] {
  const isWanted = (event: JournalEvent): event is EventOf<K> =>
    event.kind === kind && (host === undefined || event.host === host);
  return lab.journal.read().filter(isWanted);
}

/** The lines a host's server heard and said, on all connections to it, with who said them in front: `C: QUIT`. */
export function linesAt(lab: Lab, host: string): string[] {
  const opened = eventsOf(lab, "connection.opened", host).filter(({ side }) => side === "server");
  const served = new Set(opened.map(({ connection }) => connection));
  const lines = eventsOf(lab, "line", host).filter(({ connection }) => served.has(connection));
  return lines.map(({ by, text }) => `${by === "client" ? "C" : "S"}: ${text}`);
}

/** A message written out, header and body; lines end with CRLF on the wire. */
export function written(...lines: readonly string[]): Uint8Array {
  return rawMessage(`${lines.join("\n")}\n`);
}

/** A plain, blameless message. */
export function letter(from: string, to: string, subject: string, text: string = "Hello.\n"): Uint8Array {
  return written(
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${subject}`,
    "Date: Mon, 5 Jan 2026 09:00:00 +0000",
    `Message-ID: <${subject.replace(/[^a-z0-9]/gi, "-")}@${from.split("@")[1] ?? "lab.test"}>`,
    "",
    text,
  );
}
