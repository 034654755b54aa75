/**
 * CodeMirror as this app uses it: YAML, the tokens' colours, problems under the words they are about, completion and
 * explanations from a JSON Schema, and what was changed against another text. Loaded late, by code-editor.svelte alone.
 */
import {
  autocompletion,
  closeBrackets,
  completionKeymap,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type JsonSchema, keysAt, valuesAt, wordsAt } from "./json-schema.ts";
import { placeIn } from "./yaml-path.ts";

export type Mark = {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly tone: "error" | "warning";
  readonly message: string;
};

export type Editor = {
  setText(text: string): void;
  setMarks(marks: readonly Mark[]): void;
  setSchema(schema: JsonSchema | undefined): void;
  /** Shows what differs from this text; undefined shows none. */
  setOriginal(original: string | undefined): void;
  goTo(line: number, column: number): void;
  focus(): void;
  destroy(): void;
};

export type EditorOptions = {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly readOnly: boolean;
  readonly onChange: (text: string) => void;
  /** Ctrl-Enter. */
  readonly onSubmit: (() => void) | undefined;
};

export function openEditor(options: EditorOptions): Editor {
  const original = new Compartment();
  let schema: JsonSchema | undefined;
  const submit = { key: "Mod-Enter", run: () => (options.onSubmit?.(), options.onSubmit !== undefined) };
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        closeBrackets(),
        indentUnit.of("  "),
        yaml(),
        syntaxHighlighting(colours),
        look,
        lintGutter(),
        autocompletion({ override: [completeFrom(() => schema)] }),
        hoverTooltip((one, at) => explain(one, at, schema)),
        // Escape, then Tab, leaves the editor: the keys of CodeMirror's own accessibility note.
        keymap.of([submit, ...defaultKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", tabindex: "0" }),
        EditorState.readOnly.of(options.readOnly),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString());
        }),
        original.of([]),
      ],
    }),
  });

  return {
    setText(text) {
      const now = view.state.doc.toString();
      if (text !== now) view.dispatch({ changes: { from: 0, to: now.length, insert: text } });
    },
    setMarks: (marks) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => diagnostic(view.state, mark)),
        ),
      ),
    setSchema: (next) => void (schema = next),
    setOriginal(text) {
      const shown: Extension =
        text === undefined
          ? []
          : unifiedMergeView({ original: text, mergeControls: false, gutter: true, highlightChanges: true });
      view.dispatch({ effects: original.reconfigure(shown) });
    },
    goTo(line, column) {
      const at = offsetOf(view.state, line, column);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function offsetOf({ doc }: EditorState, line: number, column: number): number {
  const { from, to } = doc.line(Math.max(1, Math.min(line, doc.lines)));
  return Math.min(from + Math.max(column - 1, 0), to);
}

/** From its place to the end of the word there. */
function diagnostic(state: EditorState, { line, column, tone, message }: Mark): Diagnostic {
  const from = offsetOf(state, line, column);
  const rest = state.doc.lineAt(from);
  const [word = ""] = /^[^\s,{}[\]]+/.exec(rest.text.slice(from - rest.from)) ?? [];
  return { from, to: Math.max(from + word.length, from), severity: tone, message };
}

function completeFrom(schemaOf: () => JsonSchema | undefined): CompletionSource {
  return ({ state, pos, explicit }) => {
    const schema = schemaOf();
    if (schema === undefined) return null;
    const { path, key, word } = placeIn(state.doc.sliceString(0, pos), pos);
    if (word === "" && !explicit && key === undefined) return null;
    const from = pos - word.length;
    if (key !== undefined) {
      const values = valuesAt(schema, [...path, key]);
      return values.length === 0 ? null : { from, options: values.map((label) => ({ label, type: "enum" })) };
    }
    const keys = keysAt(schema, path);
    if (keys.length === 0) {
      const values = valuesAt(schema, path);
      return values.length === 0 ? null : { from, options: values.map((label) => ({ label, type: "enum" })) };
    }
    return {
      from,
      options: keys.map(({ name, schema: one }) => ({
        label: name,
        apply: `${name}: `,
        type: "property",
        ...(one.description === undefined ? {} : { info: one.description }),
      })),
    };
  };
}

function explain(view: EditorView, at: number, schema: JsonSchema | undefined) {
  if (schema === undefined) return null;
  const line = view.state.doc.lineAt(at);
  const before = /[\w./-]*$/.exec(line.text.slice(0, at - line.from))?.[0] ?? "";
  const after = /^[\w./-]*/.exec(line.text.slice(at - line.from))?.[0] ?? "";
  const word = before + after;
  if (word === "") return null;
  const from = at - before.length;
  const { path, key } = placeIn(view.state.doc.sliceString(0, from), from);
  const words = wordsAt(schema, [...path, key ?? word]);
  if (words === undefined) return null;
  return {
    pos: from,
    end: from + word.length,
    above: true,
    create() {
      const dom = document.createElement("div");
      dom.className = "explained";
      dom.textContent = words;
      return { dom };
    },
  };
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--smtp)" },
  { tag: [tags.definition(tags.propertyName), tags.attributeName], color: "var(--smtp)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--dns)" },
  { tag: [tags.lineComment, tags.comment], color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: "var(--ink-2)" },
  { tag: [tags.keyword, tags.meta, tags.typeName, tags.labelName], color: "var(--client)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "var(--t2)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "var(--s2) 0", caretColor: "var(--accent)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    color: "var(--ink-3)",
    backgroundColor: "var(--surface)",
    border: "0",
    paddingLeft: "var(--s1)",
  },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "light-dark(rgb(70 55 20 / 4%), rgb(255 255 255 / 4%))",
  },
  ".cm-activeLineGutter": { color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "light-dark(#f0d9a8, #4a3b1c)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "none",
  },
  ".cm-tooltip": {
    color: "var(--ink)",
    backgroundColor: "var(--raised)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r2)",
    boxShadow: "var(--shadow-2)",
    overflow: "hidden",
  },
  ".cm-tooltip .explained, .cm-completionInfo": {
    maxWidth: "46ch",
    padding: "var(--s2) var(--s3)",
    fontFamily: "var(--font)",
    fontSize: "var(--t2)",
    lineHeight: "1.5",
  },
  ".cm-tooltip-autocomplete ul li": { padding: "3px 10px !important", fontSize: "var(--t2)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--ink)", backgroundColor: "var(--chosen)" },
  ".cm-completionIcon": { display: "none" },
  ".cm-completionMatchedText": { color: "var(--accent)", textDecoration: "none", fontWeight: "600" },
  ".cm-diagnostic": { padding: "var(--s2) var(--s3)", fontFamily: "var(--font)", fontSize: "var(--t2)" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--fail)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--wait)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--fail) 1px",
    textUnderlineOffset: "4px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--wait) 1px",
    textUnderlineOffset: "4px",
  },
  ".cm-deletedChunk": { backgroundColor: "var(--fail-soft)", paddingLeft: "6px" },
  ".cm-deletedChunk .cm-deletedText, .cm-deletedText": {
    background: "color-mix(in srgb, var(--fail) 9%, transparent)",
  },
  ".cm-changedLine, &.cm-merge-b .cm-changedLine": { backgroundColor: "var(--ok-soft)" },
  ".cm-changedText, &.cm-merge-b .cm-changedText": {
    background: "color-mix(in srgb, var(--ok) 9%, transparent)",
  },
  ".cm-changedLineGutter, &.cm-merge-b .cm-changedLineGutter": { background: "var(--ok)" },
  ".cm-deletedLineGutter": { background: "var(--fail)" },
  "@media (pointer: coarse)": { "&": { fontSize: "16px" } },
});
