/** The files of a letter: those it came with, and those on their way up, each with its progress. */
import type { ComposeAttachmentRef, LetterView } from "../../../../src/server/http/mail/views.ts";
import { ApiError } from "$lib/api.ts";
import { uploadFile } from "./upload.ts";

type Known = LetterView["attachments"][number];

export type LetterFile = {
  readonly key: number;
  readonly name: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly imageUrl: string | null;
  /** What the letter names it by; undefined until it is up. */
  readonly ref: ComposeAttachmentRef | undefined;
  /** 0 to 1 while it goes up. */
  readonly share: number;
  readonly problem: string | undefined;
};

/** Limit: as many as the API takes. */
const FILES_MAX = 100;

export class LetterFiles {
  list = $state.raw<readonly LetterFile[]>([]);
  #key = 0;
  readonly #stops = new Map<number, AbortController>();
  readonly #onchange: () => void;

  constructor(known: readonly Known[], onchange: () => void) {
    this.#onchange = onchange;
    this.list = known.map((one) => this.#known(one));
  }

  get isUploading(): boolean {
    return this.list.some(({ ref, problem }) => ref === undefined && problem === undefined);
  }
  /** Files that are not parts of the HTML. */
  get count(): number {
    return this.list.filter(({ ref }) => ref?.inline !== true).length;
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      if (this.list.length >= FILES_MAX) return;
      void this.#upload(file);
    }
  }

  remove(key: number): void {
    this.#stops.get(key)?.abort();
    this.list = this.list.filter((one) => one.key !== key);
    this.#onchange();
  }

  /** Those that are up now. */
  ready(): readonly LetterFile[] {
    return this.list.filter(({ ref }) => ref !== undefined);
  }
  refs(): ComposeAttachmentRef[] {
    return this.list.flatMap(({ ref }) => ref ?? []);
  }

  /** The draft has them now, under names of its own. */
  saved(sent: readonly LetterFile[], views: readonly Known[]): void {
    const left = [...views];
    const now = new Map<number, Known>();
    for (const file of sent) {
      const at = left.findIndex(({ name, sizeBytes }) => name === file.name && sizeBytes === file.sizeBytes);
      const [view] = left.splice(Math.max(0, at), 1);
      if (view !== undefined) now.set(file.key, view);
    }
    this.list = this.list.map((file) => {
      const view = now.get(file.key);
      return view === undefined ? file : { ...file, ref: view.ref, imageUrl: view.imageUrl ?? file.imageUrl };
    });
  }

  stop(): void {
    for (const stop of this.#stops.values()) stop.abort();
  }

  #known({ ref, name, contentType, sizeBytes, imageUrl }: Known): LetterFile {
    return {
      key: (this.#key += 1),
      name,
      contentType,
      sizeBytes,
      imageUrl,
      ref,
      share: 1,
      problem: undefined,
    };
  }

  #change(key: number, change: Partial<LetterFile>): void {
    this.list = this.list.map((one) => (one.key === key ? { ...one, ...change } : one));
  }

  async #upload(file: File): Promise<void> {
    const key = (this.#key += 1);
    const stop = new AbortController();
    this.#stops.set(key, stop);
    const { name, type: contentType, size: sizeBytes } = file;
    this.list = [
      ...this.list,
      { key, name, contentType, sizeBytes, imageUrl: null, ref: undefined, share: 0, problem: undefined },
    ];
    try {
      const up = await uploadFile(file, (share) => this.#change(key, { share }), stop.signal);
      this.#change(key, { ref: { upload: up.id, inline: false }, name: up.name, share: 1 });
      this.#onchange();
    } catch (error) {
      if (!stop.signal.aborted)
        this.#change(key, { problem: error instanceof ApiError ? error.message : String(error) });
    }
    this.#stops.delete(key);
  }
}
