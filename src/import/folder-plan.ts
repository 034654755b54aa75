/**
 * Which folder of a source goes into which mailbox: by what the person says, else by its special use, else by its name.
 * Pure; says of each folder it leaves out why.
 */
import type { MailboxRole } from "../store/account-mail.ts";
import type { IntakeMailbox } from "../server/accounts/intake.ts";
import type { SourceFolder } from "./source.ts";

export type FolderWishes = {
  /** Everything goes below this mailbox. */
  readonly into?: string | undefined;
  /** Folder to mailbox. */
  readonly map?: ReadonlyMap<string, string> | undefined;
  /** Patterns with `*`; when there are any, only these. */
  readonly only?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
};

export type PlannedFolder = {
  readonly folder: SourceFolder;
  /** Undefined: left out, because of `why`. */
  readonly mailbox: string | undefined;
  readonly role: MailboxRole | undefined;
  readonly why: string | undefined;
};

/** Names that mail programs give to what has a special use, in lower case. */
const USES: Readonly<Record<string, MailboxRole>> = {
  sent: "sent",
  "sent items": "sent",
  "sent messages": "sent",
  "sent mail": "sent",
  "sent-mail": "sent",
  drafts: "drafts",
  draft: "drafts",
  trash: "trash",
  "deleted items": "trash",
  "deleted messages": "trash",
  junk: "junk",
  spam: "junk",
  "junk e-mail": "junk",
  "junk email": "junk",
  "bulk mail": "junk",
  archive: "archive",
  archives: "archive",
};
/** Folders that only show messages of others. */
const VIEWS: ReadonlySet<MailboxRole | undefined> = new Set<MailboxRole>(["all", "flagged", "important"]);

export function planFolders(
  folders: readonly SourceFolder[],
  mailboxes: readonly IntakeMailbox[],
  wishes: FolderWishes,
): PlannedFolder[] {
  const { into, map, only = [], exclude = [] } = wishes;
  const underInbox = isAllUnderInbox(folders);
  return folders.map((folder): PlannedFolder => {
    const leave = (why: string): PlannedFolder => ({ folder, mailbox: undefined, role: undefined, why });
    const plain = underInbox ? folder.name.replace(/^INBOX\//, "") : folder.name;
    const asked = map?.get(folder.name) ?? map?.get(plain);
    const isNamed = asked !== undefined || only.some((pattern) => matches(pattern, folder.name));
    if (only.length > 0 && !isNamed) return leave("not among those asked for");
    if (exclude.some((pattern) => matches(pattern, folder.name))) return leave("excluded");
    if (VIEWS.has(folder.role) && !isNamed)
      return leave("it only shows messages of other folders; --only brings it all the same");
    const role = folder.role ?? USES[plain.toLowerCase()];
    if (asked !== undefined) return { folder, mailbox: asked, role, why: undefined };
    if (into !== undefined)
      return { folder, mailbox: `${into}/${cleaned(plain)}`, role: undefined, why: undefined };
    const special = role === undefined ? undefined : mailboxes.find((one) => one.role === role);
    return { folder, mailbox: special?.name ?? cleaned(plain), role, why: undefined };
  });
}

/** Some servers keep every folder below INBOX; that is their way of naming, not where people put it. */
function isAllUnderInbox(folders: readonly SourceFolder[]): boolean {
  const others = folders.filter(({ name }) => name !== "INBOX");
  return others.length > 0 && others.every(({ name }) => name.startsWith("INBOX/"));
}

/** Without what a name here may not have (store/mailbox-name.ts). */
function cleaned(name: string): string {
  const levels = name
    .normalize("NFC")
    .split("/")
    .filter((level) => level !== "");
  // oxlint-disable-next-line no-control-regex -- they are what is replaced
  return levels
    .map((level) =>
      level.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029*%]/g, "_").replace(/^\.{1,2}$/, "_"),
    )
    .join("/");
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "iu").test(name);
}
