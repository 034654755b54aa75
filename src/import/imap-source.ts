/**
 * Another IMAP server as a source: all its folders, read only (EXAMINE, BODY.PEEK), a few megabytes at a time. A message
 * is named by its folder's UIDVALIDITY and its UID. Rejects with a Fault when the server says no, or nothing.
 */
import { Fault } from "../base/fault.ts";
import { formatRanges, rangesOf } from "../base/number-ranges.ts";
import { parseDateTime } from "../protocol/imap/date-time.ts";
import {
  type ImapResponse,
  type ImapValue,
  valueNumber,
  valueText,
  valueWords,
} from "../protocol/imap/client/response.ts";
import { parseNumberSet } from "../protocol/imap/client/parse-response.ts";
import type { CommandPart } from "../protocol/imap/client/command-bytes.ts";
import type { CommandAnswer, ImapClient } from "../server/outbound/imap/imap-client.ts";
import { eachNumber } from "../base/number-ranges.ts";
import type { MailboxRole } from "../store/account-mail.ts";
import {
  IDS_AT_ONCE,
  type MailSource,
  type SourceFolder,
  type SourceItem,
  type Unknown,
  usableFlags,
} from "./source.ts";

/** Limit: of bodies asked for at once. */
const FETCHED_BYTES_MAX = 8 * 1024 * 1024;
/** Limit: one message; the client takes no larger answer. */
const MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

const ROLES: Readonly<Record<string, MailboxRole>> = {
  "\\all": "all",
  "\\archive": "archive",
  "\\drafts": "drafts",
  "\\flagged": "flagged",
  "\\important": "important",
  "\\junk": "junk",
  "\\sent": "sent",
  "\\trash": "trash",
};

type Listed = Extract<ImapResponse, { kind: "list" | "lsub" }>;
type Fetched = Extract<ImapResponse, { kind: "fetch" }>;

/** `client` has logged in; `where` names server and user, such as `imap://ann@mail.example.org`. */
export function imapSource(client: ImapClient, where: string): MailSource {
  const rawNames = new Map<string, string>();

  async function ask(parts: readonly CommandPart[]): Promise<CommandAnswer> {
    const answer = await client.command(parts);
    if (answer.status !== "OK") throw new Fault("refused", `${where} said ${answer.status} ${answer.text}`);
    return answer;
  }

  async function folders(): Promise<SourceFolder[]> {
    const withUse = client.has("SPECIAL-USE") ? " RETURN (SPECIAL-USE)" : "";
    const { responses } = await ask([
      `LIST "" "*"${client.has("LIST-EXTENDED") || client.has("IMAP4rev2") ? withUse : ""}`,
    ]);
    const found: SourceFolder[] = [];
    for (const one of responses) {
      if (one.kind !== "list" || !canBeOpened(one)) continue;
      const name = ourName(one);
      rawNames.set(name, one.mailbox);
      const role = one.attributes
        .map((word) => ROLES[word.toLowerCase()])
        .find((known) => known !== undefined);
      found.push({ name, role, total: await countOf(one.mailbox) });
    }
    return found;
  }

  async function countOf(mailbox: string): Promise<number> {
    const { status, responses } = await client.command(["STATUS ", { mailbox }, " (MESSAGES)"]);
    const said = responses.find((one) => one.kind === "mailboxStatus");
    return status === "OK" ? (valueNumber(said?.items.get("MESSAGES")) ?? 0) : 0;
  }

  async function* messages({ name }: SourceFolder, unknown: Unknown): AsyncGenerator<SourceItem, void> {
    const opened = await ask(["EXAMINE ", { mailbox: rawNames.get(name) ?? name }]);
    const uidValidity = uidValidityOf(opened.responses);
    const uids = uidsIn((await ask(["UID SEARCH ALL"])).responses);
    for (let at = 0; at < uids.length; at += IDS_AT_ONCE) {
      const some = uids.slice(at, at + IDS_AT_ONCE);
      const wanted = await unknown(some.map((uid) => `${uidValidity}.${uid}`));
      const news = some.filter((uid) => wanted.has(`${uidValidity}.${uid}`));
      const known = some.length - news.length;
      if (known > 0) yield { kind: "known", messages: known, weight: known };
      if (news.length > 0) yield* fetch(news, uidValidity);
    }
  }

  async function* fetch(uids: readonly number[], uidValidity: string): AsyncGenerator<SourceItem, void> {
    const sizes = new Map<number, number>();
    for (const { items } of fetchedIn(await ask([`UID FETCH ${setOf(uids)} (UID RFC822.SIZE)`])))
      sizes.set(valueNumber(items.get("UID")) ?? 0, valueNumber(items.get("RFC822.SIZE")) ?? 0);
    for (const group of groups(uids, sizes)) {
      const [first = 0] = group;
      if ((sizes.get(first) ?? 0) > MESSAGE_BYTES_MAX) {
        yield {
          kind: "unreadable",
          id: `${uidValidity}.${first}`,
          why: `UID ${first} is larger than ${MESSAGE_BYTES_MAX} bytes`,
          weight: 1,
        };
        continue;
      }
      const left = new Set(group);
      const answer = await ask([`UID FETCH ${setOf(group)} (UID FLAGS INTERNALDATE BODY.PEEK[])`]);
      for (const item of fetchedIn(answer)) {
        const uid = valueNumber(item.items.get("UID")) ?? 0;
        // Flags that change meanwhile come in answers of their own.
        if (!item.items.has("BODY[]") || !left.delete(uid)) continue;
        yield messageOf(item, uid, `${uidValidity}.${uid}`);
      }
      for (const uid of left)
        yield {
          kind: "unreadable",
          id: `${uidValidity}.${uid}`,
          why: `UID ${uid} is gone, or was not sent`,
          weight: 1,
        };
    }
  }

  return { identity: where, unit: "messages", folders, messages, close: () => client.close() };
}

function messageOf({ items }: Fetched, uid: number, id: string): SourceItem {
  const body = items.get("BODY[]");
  if (!(body instanceof Uint8Array) && typeof body !== "string")
    return { kind: "unreadable", id, why: `UID ${uid} came without its bytes`, weight: 1 };
  const content = typeof body === "string" ? Buffer.from(body, "utf8") : body;
  const date = valueText(items.get("INTERNALDATE"));
  return {
    kind: "message",
    id,
    content,
    flags: usableFlags(valueWords(items.get("FLAGS") as ImapValue)),
    receivedAt: date === undefined ? undefined : parseDateTime(date),
    weight: 1,
  };
}

function* groups(uids: readonly number[], sizes: ReadonlyMap<number, number>): Generator<readonly number[]> {
  let group: number[] = [];
  let bytes = 0;
  for (const uid of uids) {
    const size = sizes.get(uid) ?? 0;
    if (group.length > 0 && bytes + size > FETCHED_BYTES_MAX) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(uid);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

function setOf(uids: readonly number[]): string {
  return formatRanges(rangesOf(uids));
}

function fetchedIn({ responses }: CommandAnswer): Fetched[] {
  return responses.filter((one) => one.kind === "fetch");
}

/** SEARCH says numbers, ESEARCH a set (RFC 9051 §7.3.4). Ascending. */
function uidsIn(responses: readonly ImapResponse[]): number[] {
  const uids: number[] = [];
  for (const one of responses) {
    if (one.kind === "search") uids.push(...one.numbers);
    if (one.kind !== "esearch") continue;
    const all = valueText(one.items.get("ALL"));
    if (all !== undefined) uids.push(...eachNumber(parseNumberSet(all)));
  }
  return uids.sort((a, b) => a - b);
}

function uidValidityOf(responses: readonly ImapResponse[]): string {
  for (const one of responses) {
    if (one.kind !== "status" || one.code?.name !== "UIDVALIDITY") continue;
    return valueText(one.code.values[0]) ?? "0";
  }
  return "0";
}

function canBeOpened({ attributes }: Listed): boolean {
  return !attributes.some((word) => /^\\(NoSelect|NonExistent)$/i.test(word));
}

/** With `/` between levels, and none inside of one. */
function ourName({ mailbox, delimiter }: Listed): string {
  const plain =
    delimiter === undefined || delimiter === "/"
      ? mailbox
      : mailbox.replaceAll("/", "-").replaceAll(delimiter, "/");
  return /^inbox(?=$|\/)/i.test(plain) ? `INBOX${plain.slice(5)}` : plain;
}
