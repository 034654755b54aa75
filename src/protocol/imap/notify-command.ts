/** NOTIFY as a value (RFC 5465). */
import type { FetchItem } from "./fetch-command.ts";

export type NotifyMailboxes =
  | { readonly kind: "selected" | "selected-delayed" | "inboxes" | "personal" | "subscribed" }
  | { readonly kind: "subtree" | "mailboxes"; readonly names: readonly string[] };

export type NotifyEvent =
  | { readonly kind: "MessageNew"; readonly items: readonly FetchItem[] | undefined }
  | {
      readonly kind:
        | "MessageExpunge"
        | "FlagChange"
        | "AnnotationChange"
        | "MailboxName"
        | "SubscriptionChange"
        | "MailboxMetadataChange"
        | "ServerMetadataChange"
        | "unknown";
    };

export type NotifyGroup = {
  readonly mailboxes: NotifyMailboxes;
  /** Empty for NONE. */
  readonly events: readonly NotifyEvent[];
};

export type NotifyCommand = {
  readonly name: "notify";
  /** Undefined for NOTIFY NONE. */
  readonly set: { readonly status: boolean; readonly groups: readonly NotifyGroup[] } | undefined;
};
