/** What it is to explain a conversation, whatever its protocol: an item in, plain words with their source out. Types only. */
import type { ConversationItem } from "./conversation.ts";

export type SaidItem = Pick<ConversationItem, "kind" | "by" | "text">;

export type Explanation = { readonly text: string; readonly rfc: string };

/** A word of a line that means something by itself. */
export type Part = Explanation & { readonly token: string };

export type Explained = Explanation & { readonly parts?: readonly Part[] };

export type ItemExplanation = Explanation & { readonly parts: readonly Part[] };

/** Is given every item in order; undefined where nothing is known. */
export type TalkExplainer = { explain(item: SaidItem): Explained | undefined };
