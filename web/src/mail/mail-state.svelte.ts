/**
 * Who is signed in and what all of Mail's pages share: mailboxes with their counts, identities, settings, and the live
 * connection. Lists and readers listen to its news; it holds no messages.
 */
import { untrack } from "svelte";
import type { HostView } from "../../../src/lab/api/views.ts";
import type {
  IdentityView,
  MailboxListView,
  MailboxView,
  MailNews,
  MailSettingsChange,
  MailSettingsView,
  Role,
  SessionView,
} from "../../../src/server/http/mail/views.ts";
import { ApiError, get as getAnywhere } from "$lib/api.ts";
import { Live } from "$lib/live.svelte.ts";
import { shell } from "$lib/shell.svelte.ts";
import { showError } from "$lib/toasts.svelte.ts";
import { del, get, MAIL_API, onSignedOut, patch, post } from "./mail-api.ts";

export type LabAccount = { readonly name: string; readonly password: string; readonly host: string };
export type Phase = "opening" | "signedOut" | "ready" | "failed";
type Listener = (news: MailNews) => void;

class MailState {
  phase = $state<Phase>("opening");
  /** Why it could not be opened. */
  problem = $state("");
  account = $state("");
  mailboxes = $state.raw<readonly MailboxView[]>([]);
  quota = $state.raw<MailboxListView["quota"]>();
  identities = $state.raw<readonly IdentityView[]>([]);
  settings = $state.raw<MailSettingsView>() as MailSettingsView;
  /** The accounts of the lab; undefined where there is none. */
  lab = $state.raw<readonly LabAccount[] | undefined>(undefined);
  /** How far the server's clock is ahead of ours: a lab's may be days away. */
  aheadMs = $state(0);
  live = $state.raw<Live | undefined>(undefined);
  readonly #listeners = new Set<Listener>();

  readonly inbox = $derived(this.mailboxes.find(({ role }) => role === "inbox"));

  readonly #mine = $derived(
    new Set([this.account, ...this.identities.map(({ id }) => id)].map((one) => one.toLowerCase())),
  );
  /** Whether an address is one of one's own. */
  readonly isMine = (address: string): boolean => this.#mine.has(address.toLowerCase());

  byRole(role: Role): MailboxView | undefined {
    return this.mailboxes.find((one) => one.role === role);
  }
  byId(id: number): MailboxView | undefined {
    return this.mailboxes.find((one) => one.id === id);
  }
  now(): number {
    return Date.now() + this.aheadMs;
  }

  listen(call: Listener): () => void {
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  async open(): Promise<void> {
    onSignedOut(() => this.#signedOut());
    void this.#findLab();
    try {
      const session = await get<SessionView>("/session");
      await this.#ready(session);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return;
      this.problem = error instanceof Error ? error.message : String(error);
      this.phase = "failed";
    }
  }

  async signIn(account: string, password: string): Promise<void> {
    await this.#ready(await post<SessionView>("/session", { account, password }));
  }

  async signOut(): Promise<void> {
    await del("/session");
    this.#signedOut();
  }

  async readMailboxes(): Promise<void> {
    const { mailboxes, quota, now } = await get<MailboxListView>("/mailboxes");
    this.mailboxes = mailboxes;
    this.quota = quota;
    this.aheadMs = now - Date.now();
  }

  async readIdentities(): Promise<void> {
    this.identities = await get<readonly IdentityView[]>("/identities");
  }

  async changeSettings(change: MailSettingsChange): Promise<void> {
    this.settings = await patch<MailSettingsView>("/settings", change);
    if (change.identities !== undefined || change.defaultIdentity !== undefined) await this.readIdentities();
  }

  close(): void {
    this.live?.close();
    this.live = undefined;
    shell.connection = undefined;
  }

  async #ready({ account }: SessionView): Promise<void> {
    const [list, settings, identities] = await Promise.all([
      get<MailboxListView>("/mailboxes"),
      get<MailSettingsView>("/settings"),
      get<readonly IdentityView[]>("/identities"),
    ]);
    this.account = account;
    this.mailboxes = list.mailboxes;
    this.quota = list.quota;
    this.aheadMs = list.now - Date.now();
    this.settings = settings;
    this.identities = identities;
    this.#listenLive(list.state);
    this.phase = "ready";
  }

  #listenLive(after: string): void {
    this.live?.close();
    this.live = new Live({
      url: `${MAIL_API}/events`,
      kinds: ["change"],
      after,
      onEvents: (events) => {
        for (const { data } of events) this.#take(JSON.parse(data) as MailNews);
      },
    });
  }

  #take(news: MailNews): void {
    const changed = new Map(news.mailboxes.map((one) => [one.id, one]));
    this.mailboxes = this.mailboxes.map((one) => changed.get(one.id) ?? one);
    if (news.mailboxesChanged || news.tooMany) this.readMailboxes().catch(showError);
    for (const call of this.#listeners) call(news);
  }

  #signedOut(): void {
    this.close();
    this.account = "";
    this.mailboxes = [];
    this.phase = "signedOut";
  }

  async #findLab(): Promise<void> {
    try {
      const hosts = await getAnywhere<readonly HostView[]>("/lab/v1/hosts");
      this.lab = hosts.flatMap(({ name: host, users }) => users.map((user) => ({ ...user, host })));
    } catch {
      this.lab = undefined;
    }
  }
}

export const mail = new MailState();

/** A place's life: opened when it is entered. What it returns closes it. */
export function enterMail(): () => void {
  untrack(() => void mail.open());
  $effect(() => {
    shell.connection = mail.live?.state;
  });
  return () => mail.close();
}
