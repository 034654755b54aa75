/** What an IMAP server says, as values (RFC 9051 §7): the client's side of the codec. */
import type { NumberRanges } from "../../../base/number-ranges.ts";

/** An atom or number as text, a string as its octets, NIL as undefined, a list as an array. */
export type ImapValue = string | Uint8Array | undefined | readonly ImapValue[];

/** `[APPENDUID 38505 3955]`: name in upper case. */
export type ResponseCode = { readonly name: string; readonly values: readonly ImapValue[] };

type Ended<Status extends string> = {
  readonly status: Status;
  readonly code: ResponseCode | undefined;
  readonly text: string;
};

export type ImapResponse =
  | ({ readonly kind: "tagged"; readonly tag: string } & Ended<"OK" | "NO" | "BAD">)
  /** `* OK …`, the greeting, BYE. */
  | ({ readonly kind: "status" } & Ended<"OK" | "NO" | "BAD" | "PREAUTH" | "BYE">)
  | { readonly kind: "continue"; readonly text: string }
  | { readonly kind: "capability" | "enabled"; readonly names: readonly string[] }
  | {
      readonly kind: "list" | "lsub";
      readonly attributes: readonly string[];
      readonly delimiter: string | undefined;
      readonly mailbox: string;
      /** CHILDINFO, OLDNAME and their like (RFC 5258). */
      readonly extended: readonly ImapValue[];
    }
  | { readonly kind: "flags"; readonly flags: readonly string[] }
  | { readonly kind: "exists" | "recent" | "expunge"; readonly number: number }
  | {
      readonly kind: "fetch";
      /** The sequence number; the UID in a UIDFETCH (RFC 9586). */
      readonly number: number;
      /** By name in upper case: `UID`, `BODY[HEADER.FIELDS (FROM)]`. */
      readonly items: ReadonlyMap<string, ImapValue>;
    }
  | { readonly kind: "vanished"; readonly earlier: boolean; readonly uids: NumberRanges }
  | { readonly kind: "search"; readonly numbers: readonly number[]; readonly modseq: number | undefined }
  | {
      readonly kind: "esearch";
      readonly tag: string | undefined;
      readonly uid: boolean;
      /** RFC 7377. */
      readonly mailbox: string | undefined;
      readonly items: ReadonlyMap<string, ImapValue>;
    }
  | {
      readonly kind: "mailboxStatus";
      readonly mailbox: string;
      readonly items: ReadonlyMap<string, ImapValue>;
    }
  /** Everything else: NAMESPACE, QUOTA, ACL, METADATA, SORT, THREAD, ID. */
  | { readonly kind: "other"; readonly name: string; readonly values: readonly ImapValue[] }
  /** Cannot be read; the stream goes on behind it. */
  | { readonly kind: "malformed"; readonly why: string; readonly line: string }
  /** Larger than was allowed: the stream cannot be followed any further. */
  | { readonly kind: "broken"; readonly why: string };

/** A value as text: octets are read as UTF-8, a list is no text. */
export function valueText(value: ImapValue): string | undefined {
  if (typeof value === "string" || value === undefined) return value;
  if (!(value instanceof Uint8Array)) return undefined;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
}

/** A value as a whole number. */
export function valueNumber(value: ImapValue): number | undefined {
  return typeof value === "string" && /^\d{1,19}$/.test(value) ? Number(value) : undefined;
}

/** The words of a list, such as flags; empty when it is none. */
export function valueWords(value: ImapValue): readonly string[] {
  return Array.isArray(value) ? value.flatMap((one: ImapValue) => valueText(one) ?? []) : [];
}
