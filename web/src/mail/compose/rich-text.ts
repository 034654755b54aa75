/** A letter written as rich text, as plain text for those who read only that. Takes the editor's own document. Pure. */

export type RichNode = {
  readonly type?: string | undefined;
  readonly text?: string | undefined;
  readonly attrs?: Readonly<Record<string, unknown>> | undefined;
  readonly marks?:
    | readonly { readonly type: string; readonly attrs?: Readonly<Record<string, unknown>> | undefined }[]
    | undefined;
  readonly content?: readonly RichNode[] | undefined;
};

/** Limit: deeper lists and quotes than this are drawn flat. */
const DEPTH_MAX = 20;

export function plainText(document: RichNode): string {
  return blocks(document.content ?? [], 0).join("\n\n");
}

function blocks(nodes: readonly RichNode[], depth: number): string[] {
  return nodes.map((node) => block(node, depth)).filter((text) => text !== "");
}

function block(node: RichNode, depth: number): string {
  const content = node.content ?? [];
  if (depth > DEPTH_MAX) return inline(content);
  if (node.type === "blockquote")
    return blocks(content, depth + 1)
      .join("\n\n")
      .replaceAll(/^/gm, "> ")
      .replaceAll(/^> (?=>)/gm, ">");
  if (node.type === "bulletList") return list(content, () => "- ", depth);
  if (node.type === "orderedList") {
    const start = typeof node.attrs?.["start"] === "number" ? node.attrs["start"] : 1;
    return list(content, (index) => `${start + index}. `, depth);
  }
  return inline(content);
}

function list(items: readonly RichNode[], mark: (index: number) => string, depth: number): string {
  return items
    .map((item, index) => {
      const sign = mark(index);
      const text = blocks(item.content ?? [], depth + 1).join("\n");
      return sign + text.replaceAll("\n", `\n${" ".repeat(sign.length)}`);
    })
    .join("\n");
}

function inline(nodes: readonly RichNode[]): string {
  return nodes
    .map((node) => {
      if (node.type === "hardBreak") return "\n";
      const text = node.text ?? inline(node.content ?? []);
      const href = node.marks?.find(({ type }) => type === "link")?.attrs?.["href"];
      return typeof href !== "string" || href === text || href === `mailto:${text}`
        ? text
        : `${text} <${href}>`;
    })
    .join("");
}
