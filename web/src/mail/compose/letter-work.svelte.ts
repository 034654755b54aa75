/**
 * A letter while it is written: its fields, its files on their way up, and its draft, which is saved by itself. Each saving
 * gives the draft a new id; two never run at once, and nothing is lost when the second is asked for during the first.
 */
import type { DraftView, Letter, LetterView, SentView } from "../../../../src/server/http/mail/views.ts";
import { del, get, post, put } from "../mail-api.ts";
import type { Person } from "../people.ts";
import type { Start } from "./composing.svelte.ts";
import { LetterFiles } from "./letter-files.svelte.ts";
import { htmlOfText, joinLetter, partLetter, type Words } from "./quoted-part.ts";

export type SaveState = "untouched" | "changed" | "saving" | "saved" | "failed";

/** Limit: saved so long after the last change, so that typing is not one request a key. */
const SAVE_AFTER_MS = 2_000;

export class LetterWork {
  identity = $state("");
  to = $state.raw<readonly Person[]>([]);
  cc = $state.raw<readonly Person[]>([]);
  bcc = $state.raw<readonly Person[]>([]);
  subject = $state("");
  rich = $state(false);
  /** One's own words; in plain text the whole. */
  text = $state("");
  html = $state("");
  quote = $state.raw<Words | undefined>(undefined);
  saved = $state<SaveState>("untouched");
  draft = $state<string | undefined>(undefined);
  readonly files: LetterFiles;
  readonly #rest: Pick<LetterView, "replyTo" | "inReplyTo" | "references" | "answers" | "forwards">;
  readonly #onmoved: (draft: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | undefined;
  #changes = 0;
  #closed = false;

  constructor(letter: LetterView, draft: string | undefined, onmoved: (draft: string) => void) {
    const { identity, to, cc, bcc, subject, text, html, replyTo, inReplyTo, references, answers, forwards } =
      letter;
    this.identity = identity;
    this.to = to;
    this.cc = cc;
    this.bcc = bcc;
    this.subject = subject;
    this.rich = html !== null;
    const { own, quote } =
      html === null ? { own: { text, html: "" }, quote: undefined } : partLetter({ text, html });
    this.text = own.text;
    this.html = own.html;
    this.quote = quote;
    this.draft = draft;
    this.#rest = { replyTo, inReplyTo, references, answers, forwards };
    this.#onmoved = onmoved;
    this.files = new LetterFiles(letter.attachments, () => this.touch());
    if (draft !== undefined) this.saved = "saved";
  }

  get recipients(): readonly Person[] {
    return [...this.to, ...this.cc, ...this.bcc];
  }
  /** Whether there is anything in it that one would miss. */
  get isTouched(): boolean {
    return this.saved !== "untouched" || this.draft !== undefined;
  }

  /** Something changed: it is saved soon. */
  readonly touch = (): void => {
    if (this.#closed) return;
    this.#changes += 1;
    this.saved = "changed";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
  };

  toPlain(): void {
    const whole = joinLetter({ own: { text: this.text, html: this.html }, quote: this.quote });
    this.text = whole.text;
    this.quote = undefined;
    this.rich = false;
    this.touch();
  }
  toRich(): void {
    this.html = htmlOfText(this.text);
    this.rich = true;
    this.touch();
  }

  letter(): Letter {
    const words = this.rich
      ? joinLetter({ own: { text: this.text, html: this.html }, quote: this.quote })
      : { text: this.text, html: null };
    const people = (list: readonly Person[]): Person[] =>
      list.map(({ name, address }) => ({ name, address }));
    return {
      ...this.#rest,
      references: [...this.#rest.references],
      identity: this.identity,
      to: people(this.to),
      cc: people(this.cc),
      bcc: people(this.bcc),
      subject: this.subject,
      ...words,
      attachments: this.files.refs(),
    };
  }

  /** Saves what changed. Never rejects: it says `failed`, and tries again with the next change. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#saving !== undefined) await this.#saving;
    if (this.#closed || this.saved === "untouched" || this.saved === "saved") return;
    this.#saving = this.#save().finally(() => {
      this.#saving = undefined;
    });
    await this.#saving;
  }

  async #save(): Promise<void> {
    const at = this.#changes;
    this.saved = "saving";
    const sent = this.files.ready();
    try {
      const letter = this.letter();
      const saved = await (this.draft === undefined
        ? post<DraftView>("/drafts", letter)
        : put<DraftView>(`/drafts/${this.draft}`, letter));
      this.draft = saved.id;
      this.files.saved(sent, saved.letter.attachments);
      if (!this.#closed) this.#onmoved(saved.id);
      this.saved = at === this.#changes ? "saved" : "changed";
    } catch {
      this.saved = "failed";
    }
  }

  async send(): Promise<SentView> {
    clearTimeout(this.#timer);
    while (this.#saving !== undefined) await this.#saving;
    const sent = await post<SentView>("/send", {
      letter: this.letter(),
      ...(this.draft === undefined ? {} : { draft: this.draft }),
    });
    this.#close();
    return sent;
  }

  async discard(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#saving !== undefined) await this.#saving;
    this.#close();
    if (this.draft !== undefined) await del(`/drafts/${this.draft}`);
  }

  /** The window goes: what is not saved yet is. */
  async leave(): Promise<void> {
    if (this.#closed) return;
    await this.save();
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.files.stop();
  }
}

/** The letter that is begun, or gone on with. */
export async function beginLetter(
  { kind, message, mailto }: Start,
  onmoved: (draft: string) => void,
): Promise<LetterWork> {
  if (kind === "draft") {
    const { id, letter } = await get<DraftView>(`/drafts/${message}`);
    return new LetterWork(letter, id, onmoved);
  }
  const letter = await post<LetterView>("/compose/prepare", { kind, message, mailto });
  return new LetterWork(letter, undefined, onmoved);
}
