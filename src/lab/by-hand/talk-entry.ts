/** What a conversation typed by hand shows: its entries in order, and where it stands. Types only. */
import type { Reason } from "../../base/reason.ts";
import type { Side } from "../../journal/events.ts";
import type { ItemExplanation } from "../../journal/explain-talk.ts";
import type { TalkPhase } from "./follow-talk.ts";

export type TalkEntry = {
  /** From 1, without a gap. */
  readonly n: number;
  readonly at: number;
  readonly by: Side;
  /** `verdict`: a decision of the server, from its journal; `note`: something it noticed. */
  readonly kind: "line" | "content" | "tls" | "verdict" | "note" | "closed";
  readonly text: string;
  readonly ending?: "crlf" | "lf" | undefined;
  /** Characters of content that are not shown. */
  readonly left?: number | undefined;
  readonly explained?: ItemExplanation | undefined;
  readonly verdict?: "accept" | "reject" | "defer" | "warn" | undefined;
  readonly reason?: Reason | undefined;
  /** The message it was taken as. */
  readonly queueId?: string | undefined;
};

export type TalkState = {
  readonly phase: TalkPhase;
  readonly extensions: readonly string[];
  readonly recipients: number;
  readonly isLoggedIn: boolean;
  readonly tls:
    | { readonly protocol: string; readonly cipher: string; readonly names: readonly string[] }
    | undefined;
  readonly isWaiting: boolean;
  /** Of the latest message that was taken. */
  readonly queueId: string | undefined;
};
