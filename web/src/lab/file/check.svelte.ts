/** Asks the lab what is wrong with a text, a moment after the last key. */
import { post, type RequestOptions } from "$lib/api.ts";
import type { Mark } from "$lib/editor/open-editor.ts";
import { showError } from "$lib/toasts.svelte.ts";
import type { FileCheckView } from "../../../../src/lab/api/file-routes.ts";

/** Long enough not to complain about a word that is being typed. */
const PAUSE_MS = 250;

export class Check {
  result = $state.raw<FileCheckView>();
  /** Of the text that `result` is about. */
  checkedText = $state("");

  /** Call it in an effect with the text. */
  ask(text: string): () => void {
    const stop = new AbortController();
    const options: RequestOptions = { signal: stop.signal };
    const timer = setTimeout(() => {
      post<FileCheckView>("/lab/v1/file/check", { text }, options).then((result) => {
        this.result = result;
        this.checkedText = text;
      }, showError);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }

  get marks(): readonly Mark[] {
    const { problems = [], warnings = [] } = this.result ?? {};
    return [
      ...problems.map(({ line, column, path, message }): Mark => ({
        line,
        column,
        tone: "error",
        message: path === "" ? message : `${path}: ${message}`,
      })),
      ...warnings.flatMap(({ message, rfc, line }): Mark[] =>
        line === undefined
          ? []
          : [
              {
                line,
                column: 1,
                tone: "warning",
                message: rfc === undefined ? message : `${message} (${rfc})`,
              },
            ],
      ),
    ];
  }
}
