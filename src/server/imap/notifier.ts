/**
 * What a client asked to be told of without asking (RFC 5465): news of the mailbox that is open, STATUS of others, names,
 * subscriptions, metadata. Whole lines only, so they may stand between a command's own; news that would change message
 * numbers wait until no command is at work. Changes that the client itself makes are told like any other's: the
 * store does not say whose they are.
 */
import type { FetchItem } from "../../protocol/imap/fetch-command.ts";
import type { StatusItem } from "../../protocol/imap/list-command.ts";
import type { NotifyCommand, NotifyEvent, NotifyGroup } from "../../protocol/imap/notify-command.ts";
import type { AccountMail, MailEvent } from "../../store/account-mail.ts";
import { findMailbox, type Found, placeOf, shownName, visibleMailboxes } from "./mailbox-names.ts";
import { nodesOf } from "./mailbox-tree.ts";
import { writeStatus } from "./report-status.ts";
import type { ImapSession } from "./session.ts";
import { attributeOf } from "./special-use.ts";

export type NotifySet = NonNullable<NotifyCommand["set"]>;
type Kind = NotifyEvent["kind"];

/** What is wanted of the mailbox that is open; undefined: nothing. */
export type SelectedWish = {
  /** Not only while a command is at work (SELECTED, not SELECTED-DELAYED). */
  readonly isImmediate: boolean;
  readonly flags: boolean;
  /** Of new messages. */
  readonly items: readonly FetchItem[];
};

/** Limit: mailboxes and names that wait to be told; more, and the client is told that it missed some. */
const WAITING_MAX = 1_000;

const MESSAGE_KINDS = { appended: "MessageNew", expunged: "MessageExpunge", flags: "FlagChange" } as const;

export class Notifier {
  readonly selected: SelectedWish | undefined;
  readonly #session: ImapSession;
  readonly #groups: readonly NotifyGroup[];
  readonly #unlisten: (() => void)[] = [];
  /** Other mailboxes by the name this user knows, and what happened in them. */
  readonly #status = new Map<string, Set<Kind>>();
  #lines: (() => void)[] = [];
  #isAwake = false;
  #isStopped = false;

  constructor(session: ImapSession, { groups }: NotifySet) {
    this.#session = session;
    this.#groups = groups;
    this.selected = selectedWish(groups);
    session.onEvent = (event, mail) => this.#hear(event, mail);
    for (const mail of this.#othersMail())
      this.#unlisten.push(
        mail.listen((event) => {
          // The account whose mailbox is open is heard already.
          if (session.selected?.mail !== mail) this.#hear(event, mail);
        }),
      );
  }

  stop(): void {
    this.#isStopped = true;
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    this.#session.onEvent = undefined;
  }

  /** STATUS of each mailbox whose messages are watched (RFC 5465 §3.1), and who may not be read. */
  introduce(withStatus: boolean): void {
    const { writer } = this.#session.output;
    for (const found of visibleMailboxes(this.#session.context.store, this.#session.own, true)) {
      if (this.#isSelected(found)) continue;
      const kinds = (["MessageNew", "MessageExpunge", "FlagChange"] as const).filter((kind) =>
        this.#wants(found.mail, found.name, kind),
      );
      if (kinds.length === 0) continue;
      if (!found.rights.includes("r")) writer.raw('* LIST (\\NoAccess) "/" ').mailbox(found.name).raw("\r\n");
      else if (withStatus) writeStatus(this.#session, found, introduction(kinds));
    }
  }

  /** Tells what waits, soon; also when a command has ended that held it up. */
  wake(): void {
    if (this.#isAwake || this.#isStopped) return;
    this.#isAwake = true;
    // Changes of one turn are told together.
    queueMicrotask(() => {
      this.#isAwake = false;
      if (!this.#isStopped && !this.#session.output.isClosed) this.#tell();
    });
  }

  #tell(): void {
    const session = this.#session;
    const { driver } = session;
    if (session.output.isOverfull) return; // it waits for the client, and is bounded
    const lines = this.#lines;
    this.#lines = [];
    for (const line of lines) line();
    for (const [name, kinds] of this.#status) this.#tellStatus(name, kinds);
    this.#status.clear();
    if (this.selected !== undefined && !session.isWorking) {
      session.tellNews(this.selected.isImmediate);
      session.tellMore()?.then(
        () => driver.flush(),
        (error: unknown) => driver.warn("fault", String(error)),
      );
    }
    driver.flush();
  }

  #tellStatus(name: string, kinds: ReadonlySet<Kind>): void {
    const found = findMailbox(this.#session.context.store, this.#session.own, name);
    if (found?.rights.includes("r") !== true || this.#isSelected(found)) return;
    const { condstore, qresync } = this.#session.enabled;
    const items = new Set<StatusItem>();
    if (kinds.has("MessageNew") || kinds.has("MessageExpunge")) items.add("uidnext").add("messages");
    if (kinds.has("FlagChange")) items.add("uidvalidity").add("unseen");
    if (qresync || condstore) items.add("highestmodseq");
    writeStatus(this.#session, found, [...items]);
  }

  #hear(event: MailEvent, mail: AccountMail): void {
    switch (event.kind) {
      case "appended":
      case "expunged":
      case "flags":
        return this.#messages(mail, event.mailboxId, MESSAGE_KINDS[event.kind]);
      case "mailboxCreated":
      case "mailboxDeleted":
        return this.#names(mail, event.name, undefined);
      case "mailboxRenamed":
        return this.#names(mail, event.name, event.oldName);
      case "subscribed":
      case "unsubscribed": {
        if (
          mail === this.#session.mail &&
          this.#wants(mail, event.name, "SubscriptionChange", event.kind === "unsubscribed")
        )
          this.#later(() => this.#list(event.name, undefined));
        return;
      }
      case "metadata":
        return this.#metadata(mail, event.mailboxId, event.entries);
      case "mailboxChanged":
    }
  }

  #messages(mail: AccountMail, mailboxId: number, kind: Kind): void {
    const { selected } = this.#session;
    if (selected?.mail === mail && selected.mailbox.id === mailboxId) {
      if (this.selected !== undefined) this.wake();
      return;
    }
    const name = this.#nameOf(mail, mailboxId);
    if (name === undefined || !this.#wants(mail, name, kind)) return;
    const kinds = this.#status.get(name) ?? new Set();
    this.#status.set(name, kinds.add(kind));
    this.#bounded();
  }

  /** A mailbox that comes or goes concerns the one above it too (RFC 5465 §5.4). */
  #names(mail: AccountMail, name: string, oldName: string | undefined): void {
    const shown = shownName(this.#session.own, mail, name);
    const shownOld = oldName === undefined ? undefined : shownName(this.#session.own, mail, oldName);
    const isWanted = (one: string): boolean => this.#wants(mail, one, "MailboxName");
    if (isWanted(shown) || (shownOld !== undefined && isWanted(shownOld)))
      this.#later(() => this.#list(shown, shownOld));
    const parent = shown.slice(0, Math.max(0, shown.lastIndexOf("/")));
    if (oldName === undefined && parent !== "" && isWanted(parent))
      this.#later(() => this.#list(parent, undefined));
  }

  #metadata(mail: AccountMail, mailboxId: number | undefined, entries: readonly string[]): void {
    const isOwn = mail === this.#session.mail;
    const name = mailboxId === undefined ? "" : this.#nameOf(mail, mailboxId);
    const told = isOwn ? entries : entries.filter((entry) => entry.startsWith("/shared/"));
    if (name === undefined || told.length === 0 || (mailboxId === undefined && !isOwn)) return;
    const isWanted =
      mailboxId === undefined
        ? this.#groups.some(({ events }) => events.some(({ kind }) => kind === "ServerMetadataChange"))
        : this.#wants(mail, name, "MailboxMetadataChange");
    if (!isWanted) return;
    this.#later(() => {
      const { writer } = this.#session.output;
      writer
        .raw("* METADATA ")
        .mailbox(name)
        .raw(` ${told.join(" ")}\r\n`);
    });
  }

  /** LIST of a name as it stands when it is told. */
  #list(name: string, oldName: string | undefined): void {
    const { writer } = this.#session.output;
    const node = nodesOf(this.#session, { subscriptions: true }).find((one) => one.name === name);
    const attributes = node?.found === undefined ? ["\\NonExistent"] : [];
    if (node?.subscribed === true) attributes.push("\\Subscribed");
    if (node !== undefined) attributes.push(node.hasChildren ? "\\HasChildren" : "\\HasNoChildren");
    const role = node?.found?.mailbox.role;
    if (role !== undefined) attributes.push(attributeOf(role));
    writer.raw(`* LIST (${attributes.join(" ")}) "/" `).mailbox(name);
    if (oldName !== undefined) writer.raw(' ("OLDNAME" (').mailbox(oldName).raw("))");
    writer.raw("\r\n");
  }

  #later(line: () => void): void {
    this.#lines.push(line);
    this.#bounded();
  }

  /** RFC 5465 §5.8: too much, and it ends. */
  #bounded(): void {
    if (this.#lines.length + this.#status.size <= WAITING_MAX) return this.wake();
    this.stop();
    this.#session.notifier = new Notifier(this.#session, { status: false, groups: [] });
    this.#session.output.writer.raw(
      "* OK [NOTIFICATIONOVERFLOW] too much happened: nothing more is told\r\n",
    );
    this.#session.driver.flush();
  }

  /** By a group that is not about the mailbox that is open. `wasSubscribed`: it counts as subscribed still. */
  #wants(mail: AccountMail, name: string, kind: Kind, wasSubscribed = false): boolean {
    return this.#groups.some(({ mailboxes, events }) => {
      if (!events.some((event) => event.kind === kind)) return false;
      switch (mailboxes.kind) {
        case "selected":
        case "selected-delayed":
          return false;
        case "inboxes":
          return mail === this.#session.mail && name === "INBOX";
        case "personal":
          return mail === this.#session.mail;
        case "subscribed":
          return wasSubscribed || this.#session.own.subscriptions().includes(name);
        case "subtree":
          return mailboxes.names.some((one) => name === one || name.startsWith(`${one}/`));
        case "mailboxes":
          return mailboxes.names.includes(name);
      }
    });
  }

  #nameOf(mail: AccountMail, mailboxId: number): string | undefined {
    const mailbox = mail.mailbox(mailboxId);
    return mailbox === undefined ? undefined : shownName(this.#session.own, mail, mailbox.name);
  }

  #isSelected({ mail, mailbox }: Found): boolean {
    const { selected } = this.#session;
    return selected?.mail === mail && selected.mailbox.id === mailbox.id;
  }

  /** Accounts of others that a group names. */
  #othersMail(): Set<AccountMail> {
    const { context, own } = this.#session;
    const mails = new Set<AccountMail>();
    for (const { mailboxes } of this.#groups) {
      const names =
        "names" in mailboxes ? mailboxes.names : mailboxes.kind === "subscribed" ? own.subscriptions() : [];
      for (const name of names) {
        const mail = placeOf(context.store, own, name)?.mail;
        if (mail !== undefined && mail !== own) mails.add(mail);
      }
    }
    return mails;
  }
}

function selectedWish(groups: readonly NotifyGroup[]): SelectedWish | undefined {
  const group = groups.find(({ mailboxes: { kind } }) => kind === "selected" || kind === "selected-delayed");
  const isNew = group?.events.find((event) => event.kind === "MessageNew");
  if (group === undefined || isNew === undefined) return undefined;
  return {
    isImmediate: group.mailboxes.kind === "selected",
    flags: group.events.some(({ kind }) => kind === "FlagChange"),
    items: isNew.items ?? [],
  };
}

function introduction(kinds: readonly Kind[]): StatusItem[] {
  const items = new Set<StatusItem>();
  if (kinds.includes("MessageNew")) items.add("messages").add("uidnext").add("uidvalidity");
  if (kinds.includes("MessageExpunge")) items.add("messages");
  if (kinds.includes("FlagChange")) items.add("uidvalidity").add("highestmodseq");
  return [...items];
}
