/** Which form a setting gets, by what its schema says of it; lists and mappings of things have pages of their own. Pure. */

export type Editor =
  | {
      readonly kind: "choice";
      readonly options: readonly { readonly value: string; readonly label: string }[];
    }
  | { readonly kind: "switch" }
  | { readonly kind: "text"; readonly hint: string; readonly as: "text" | "number" | "list" };

const HINTS: Readonly<Record<string, string>> = {
  duration: "A length of time, such as 30s, 5m, 4h or 5d.",
  size: "A size, such as 64KB or 50MB.",
  integer: "A whole number.",
  number: "A number.",
  string: "A text.",
};

/** Undefined for what is no single value. */
export function editorOf({
  path,
  form,
}: {
  readonly path: string;
  readonly form: string;
}): Editor | undefined {
  if (/[[*]/.test(path) || form === "" || form === "object") return undefined;
  if (form === "boolean") return { kind: "switch" };
  if (form.includes(" | "))
    return { kind: "choice", options: form.split(" | ").map((value) => ({ value, label: value })) };
  if (form === "list of string" || form === "list of duration" || form === "list of endpoint")
    return { kind: "text", as: "list", hint: "Several with commas between." };
  const hint = HINTS[form];
  if (hint === undefined) return undefined;
  return { kind: "text", as: form === "integer" || form === "number" ? "number" : "text", hint };
}

/** What is written into the settings. A number that is none goes as text, for the server to say so. */
export function valueOf(editor: Editor, text: string, on: boolean): unknown {
  if (editor.kind === "switch") return on;
  if (editor.kind === "choice" || editor.as === "text") return text.trim();
  if (editor.as === "number") return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text.trim();
  const bare = text.trim().replaceAll(/^\[|\]$/g, "");
  return bare
    .split(",")
    .map((one) => one.trim().replaceAll(/^"|"$/g, ""))
    .filter(Boolean);
}
