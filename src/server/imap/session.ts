/**
 * One client's session: who it is, what it has selected and enabled, and what its commands may ask of the connection.
 * It holds no socket; its driver does. Commands change it, one after the other.
 */
import type { NumberRanges } from "../../base/number-ranges.ts";
import type { FetchItem } from "../../protocol/imap/fetch-command.ts";
import type { Connection } from "../../base/network.ts";
import type { AccountMail, Mailbox, MailEvent } from "../../store/account-mail.ts";
import { planFetch } from "./fetch-plan.ts";
import { fetchRows } from "./fetch-rows.ts";
import type { MailboxView } from "./mailbox-view.ts";
import type { Notifier } from "./notifier.ts";
import type { ImapOutput } from "./output.ts";
import { reportNews } from "./report.ts";
import type { SearchContexts } from "./search-contexts.ts";
import type { ServerContext } from "./server.ts";

export type Selected = {
  readonly mail: AccountMail;
  readonly mailbox: Mailbox;
  readonly view: MailboxView;
  readonly readOnly: boolean;
  readonly rights: string;
  /** How many combinations of flags there were when FLAGS was last told. */
  flagSetsTold: number;
  keywordsTold: number;
  /** The newest message whose coming was told. */
  toldUid: number;
  /** Searches that are kept up to date. */
  readonly contexts: SearchContexts;
  /** UIDs that `$` stands for (RFC 5182). */
  saved: NumberRanges;
  /** Ends the hearing of somebody else's account. */
  readonly unlisten: () => void;
};

/** What ENABLE turned on, and commands that imply it (RFC 7162 §3.1). */
export type Enabled = {
  imap4rev2: boolean;
  utf8: boolean;
  condstore: boolean;
  qresync: boolean;
  uidOnly: boolean;
};

/** The connection as commands see it. */
export type SessionDriver = {
  readonly encrypted: boolean;
  readonly compressed: boolean;
  /** Says `+ text` and waits for one line; undefined when the client is gone. */
  line(prompt: string): Promise<string | undefined>;
  /** Lets out what is written, from outside of a command's own turn. */
  flush(): void;
  warn(what: string, detail: string): void;
};

export class ImapSession {
  readonly id: string;
  readonly connection: Pick<Connection, "local" | "remote" | "tls">;
  readonly context: ServerContext;
  readonly output: ImapOutput;
  readonly driver: SessionDriver;
  mail: AccountMail | undefined;
  selected: Selected | undefined;
  enabled: Enabled = nothingEnabled();
  /** After NOTIFY (RFC 5465): what the client wants to hear of, instead of what is usual. */
  notifier: Notifier | undefined;
  /** A command is at work: numbers of messages keep their meaning. */
  isWorking = false;
  loginAttempts = 0;
  /** The journal event that what happens now follows from. */
  cause: number | undefined;
  /** Called with each change while somebody waits for them: IDLE, NOTIFY. */
  onEvent: ((event: MailEvent, mail: AccountMail) => void) | undefined;
  #unlisten: (() => void) | undefined;

  constructor(
    id: string,
    connection: Pick<Connection, "local" | "remote" | "tls">,
    context: ServerContext,
    output: ImapOutput,
    driver: SessionDriver,
  ) {
    this.id = id;
    this.connection = connection;
    this.context = context;
    this.output = output;
    this.driver = driver;
  }

  get state(): "notAuthenticated" | "authenticated" | "selected" {
    if (this.mail === undefined) return "notAuthenticated";
    return this.selected === undefined ? "authenticated" : "selected";
  }

  /** The account; asked only where the state allows it. */
  get own(): AccountMail {
    if (this.mail === undefined) throw new Error("nobody has logged in");
    return this.mail;
  }

  /** The selected mailbox; asked only where the state allows it. */
  get open(): Selected {
    if (this.selected === undefined) throw new Error("no mailbox is selected");
    return this.selected;
  }

  logIn(mail: AccountMail): void {
    this.mail = mail;
    this.#count(1);
    this.#unlisten = mail.listen((event) => this.onEvent?.(event, mail));
  }

  /** Where UNAUTHENTICATE leads (RFC 8437), and the end. */
  logOut(): void {
    this.unselect();
    this.#count(-1);
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.notifier?.stop();
    this.notifier = undefined;
    this.mail = undefined;
    this.onEvent = undefined;
    this.enabled = nothingEnabled();
    this.output.writer.utf8 = false;
  }

  /** Keeps the number of sessions of each account. */
  #count(by: 1 | -1): void {
    if (this.mail === undefined) return;
    const { sessions } = this.context;
    const count = (sessions.get(this.mail.accountId) ?? 0) + by;
    if (count > 0) sessions.set(this.mail.accountId, count);
    else sessions.delete(this.mail.accountId);
  }

  unselect(): void {
    const { selected } = this;
    if (selected === undefined) return;
    this.selected = undefined;
    selected.unlisten();
    selected.mail.close(selected.mailbox.id);
  }

  enable(what: keyof Enabled): void {
    this.enabled[what] = true;
    if (what === "qresync") this.enabled.condstore = true;
    if (what === "imap4rev2" || what === "utf8") this.output.writer.utf8 = true;
  }

  /** Tells what the selected mailbox has become; `isOwn`: what this client's own command did, whatever NOTIFY says. */
  tellNews(mayExpunge: boolean, withUid = false, isOwn = false): void {
    const { selected, notifier } = this;
    if (selected?.view.hasNews !== true) return;
    if (notifier === undefined || isOwn) return reportNews(this, selected, { mayExpunge, withUid });
    const wish = notifier.selected;
    if (wish !== undefined) reportNews(this, selected, { mayExpunge, withUid: true, flags: wish.flags });
  }

  /** What follows from the news that were told: searches kept up to date, and NOTIFY's items of new messages. */
  tellMore(): Promise<void> | undefined {
    const { selected } = this;
    if (selected === undefined) return undefined;
    const { view, toldUid } = selected;
    const lastUid = view.length === 0 ? 0 : (view.uids[view.length - 1] as number);
    const items = lastUid > toldUid ? (this.notifier?.selected?.items ?? []) : [];
    selected.toldUid = Math.max(toldUid, lastUid);
    const settled = selected.contexts.settle();
    if (items.length === 0) return settled;
    return this.#tellNew(selected, toldUid, items, settled);
  }

  /** FETCH follows ESEARCH, which follows EXISTS (RFC 5465 §5.2). */
  async #tellNew(
    selected: Selected,
    toldUid: number,
    items: readonly FetchItem[],
    settled: Promise<void> | undefined,
  ): Promise<void> {
    await settled;
    const { view } = selected;
    const from = view.rowFrom(toldUid + 1);
    if (this.selected !== selected || from >= view.length) return;
    await fetchRows(this, selected, [from, view.length - 1], planFetch(this, selected, items), NOBODY);
  }
}

const NOBODY: ReadonlySet<number> = new Set();

function nothingEnabled(): Enabled {
  return { imap4rev2: false, utf8: false, condstore: false, qresync: false, uidOnly: false };
}
