/**
 * An IMAP command as a value: what the parser makes of a client's words and the door acts upon. Mailbox names are
 * decoded text with INBOX in upper case; verbs are told apart by `name`; nothing here refers to the bytes it came from
 * but literals, which belong to the command.
 */
import type { FetchCommand } from "./fetch-command.ts";
import type { ListCommand, StatusItem } from "./list-command.ts";
import type { NotifyCommand } from "./notify-command.ts";
import type { SearchCommands } from "./search-command.ts";
import type { SequenceSet } from "./sequence-set.ts";

/** RFC 9051 §6.3.12; CATENATE's parts stand in their order (RFC 4469). */
export type AppendMessage = {
  readonly flags: readonly string[];
  /** INTERNALDATE, ms since 1970 UTC. */
  readonly receivedAt: number | undefined;
  readonly parts: readonly AppendPart[];
};
export type AppendPart =
  | {
      readonly kind: "bytes";
      readonly bytes: Uint8Array;
      /** literal8 (RFC 3516). */ readonly binary: boolean;
    }
  | { readonly kind: "url"; readonly url: string };

/** RFC 7162 §3.2.5. */
export type QresyncParameters = {
  readonly uidValidity: number;
  readonly modseq: number;
  readonly knownUids: SequenceSet | undefined;
  readonly matches: { readonly numbers: SequenceSet; readonly uids: SequenceSet } | undefined;
};

type Bare<Name extends string> = { readonly name: Name };
type OfMailbox<Name extends string> = { readonly name: Name; readonly mailbox: string };

export type ImapCommandBody =
  | Bare<
      | "capability"
      | "noop"
      | "logout"
      | "starttls"
      | "unauthenticate"
      | "namespace"
      | "check"
      | "close"
      | "unselect"
      | "idle"
    >
  | {
      readonly name: "id";
      readonly fields: readonly (readonly [string, string | undefined])[];
    }
  | { readonly name: "enable"; readonly capabilities: readonly string[] }
  | {
      readonly name: "authenticate";
      readonly mechanism: string;
      /** SASL-IR, still base64; "=" is an empty one. */
      readonly initial: string | undefined;
    }
  | { readonly name: "login"; readonly user: string; readonly password: string }
  | { readonly name: "compress"; readonly mechanism: string }
  | {
      readonly name: "select" | "examine";
      readonly mailbox: string;
      readonly condstore: boolean;
      readonly qresync: QresyncParameters | undefined;
    }
  | {
      readonly name: "create";
      readonly mailbox: string;
      /** `\Sent` (RFC 6154 §3). */ readonly uses: readonly string[];
    }
  | OfMailbox<"delete" | "subscribe" | "unsubscribe">
  | {
      readonly name: "uidbatches";
      /** Messages of a batch. */
      readonly size: number;
      /** From batch to batch, counted from 1, as written. */
      readonly range: readonly [from: number, to: number] | undefined;
    }
  | { readonly name: "rename"; readonly from: string; readonly to: string }
  | ListCommand
  | { readonly name: "lsub"; readonly reference: string; readonly pattern: string }
  | { readonly name: "status"; readonly mailbox: string; readonly items: readonly StatusItem[] }
  | { readonly name: "append"; readonly mailbox: string; readonly messages: readonly AppendMessage[] }
  | { readonly name: "expunge"; /** Of UID EXPUNGE (RFC 4315). */ readonly uids: SequenceSet | undefined }
  | FetchCommand
  | {
      readonly name: "store";
      readonly uid: boolean;
      readonly set: SequenceSet;
      readonly change: "add" | "remove" | "replace";
      readonly silent: boolean;
      readonly flags: readonly string[];
      readonly unchangedSince: number | undefined;
    }
  | {
      readonly name: "copy" | "move";
      readonly uid: boolean;
      readonly set: SequenceSet;
      readonly mailbox: string;
    }
  | {
      readonly name: "replace";
      readonly uid: boolean;
      readonly set: SequenceSet;
      readonly mailbox: string;
      readonly message: AppendMessage;
    }
  | { readonly name: "getquota"; readonly root: string }
  | OfMailbox<"getquotaroot" | "getacl" | "myrights">
  | {
      readonly name: "setquota";
      readonly root: string;
      readonly limits: readonly { readonly resource: string; readonly limit: number }[];
    }
  | {
      readonly name: "setacl";
      readonly mailbox: string;
      readonly identifier: string;
      readonly change: "add" | "remove" | "replace";
      readonly rights: string;
    }
  | { readonly name: "deleteacl" | "listrights"; readonly mailbox: string; readonly identifier: string }
  | {
      readonly name: "getmetadata";
      /** "" for the server's own. */
      readonly mailbox: string;
      readonly entries: readonly string[];
      readonly sizeBytesMax: number | undefined;
      readonly depth: 0 | 1 | "infinity";
    }
  | {
      readonly name: "setmetadata";
      readonly mailbox: string;
      readonly entries: readonly { readonly entry: string; readonly value: Uint8Array | undefined }[];
    }
  | NotifyCommand
  | SearchCommands;

export type ImapCommand = ImapCommandBody & {
  readonly tag: string;
  /** The name of the mailbox as the client wrote it, when we know it by another (RFC 9051 §6.3.9.7). */
  readonly oldName?: string | undefined;
};
export type ImapVerb = ImapCommandBody["name"];
/** The command of one verb. */
export type CommandOf<Verb extends ImapVerb> = Named<ImapCommand, Verb>;
type Named<Command, Verb> = Command extends { readonly name: infer Name }
  ? [Extract<Name, Verb>] extends [never]
    ? never
    : Command
  : never;
