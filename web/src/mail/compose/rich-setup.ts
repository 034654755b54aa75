/**
 * The editor for rich text, with the few things that letters need. Loaded late, with the first letter that is written rich.
 * What is pasted or quoted passes its schema: whatever that does not know is dropped, and nothing of it ever runs.
 */
import { Editor } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { Placeholder, UndoRedo } from "@tiptap/extensions";
import { plainText, type RichNode } from "./rich-text.ts";

export type RichEditor = Editor;

/** By Shift-Enter alone: Ctrl-Enter sends. */
const LineBreak = HardBreak.extend({
  addKeyboardShortcuts() {
    return { "Shift-Enter": () => this.editor.commands.setHardBreak() };
  },
});

export type RichOptions = {
  readonly element: HTMLElement;
  readonly html: string;
  readonly onchange: (html: string, text: string) => void;
  /** The selection moved, or what stands at it changed. */
  readonly onmoved: () => void;
  /** Files that were pasted or dropped into the text. */
  readonly onfiles: (files: readonly File[]) => void;
  /** Ctrl-Enter, and Escape: the editor would keep both to itself. */
  readonly onsend: () => void;
  readonly onescape: () => void;
};

export function openEditor({
  element,
  html,
  onchange,
  onmoved,
  onfiles,
  onsend,
  onescape,
}: RichOptions): Editor {
  return new Editor({
    element,
    // The page's own styles do; a style element of its own would be another exception to the policy.
    injectCSS: false,
    extensions: [
      Document,
      Paragraph,
      Text,
      Bold,
      Italic,
      Code,
      LineBreak,
      Blockquote,
      BulletList,
      OrderedList,
      ListItem,
      ListKeymap,
      Link.configure({
        openOnClick: false,
        autolink: true,
        protocols: ["http", "https", "mailto"],
        HTMLAttributes: { rel: null, target: null, class: null },
        isAllowedUri: (url) => /^(?:https?:|mailto:)/i.test(url),
      }),
      Placeholder.configure({ placeholder: "Write your message" }),
      UndoRedo,
    ],
    content: html,
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": "Text of the message",
        class: "rich",
      },
      handleDOMEvents: {
        keydown: (_view, event) => {
          const run = keyRun(event, onsend, onescape);
          if (run === undefined) return false;
          event.preventDefault();
          run();
          return true;
        },
      },
      handlePaste: (_view, event) => taken([...(event.clipboardData?.files ?? [])], onfiles),
      handleDrop: (_view, event) => taken([...(event.dataTransfer?.files ?? [])], onfiles),
    },
    onUpdate: ({ editor }) => onchange(editor.getHTML(), textOf(editor)),
    onTransaction: onmoved,
  });
}

export function textOf(editor: Editor): string {
  return plainText(editor.getJSON() as RichNode);
}

function keyRun(event: KeyboardEvent, onsend: () => void, onescape: () => void): (() => void) | undefined {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return onsend;
  return event.key === "Escape" ? onescape : undefined;
}

function taken(files: readonly File[], onfiles: (files: readonly File[]) => void): boolean {
  if (files.length === 0) return false;
  onfiles(files);
  return true;
}
