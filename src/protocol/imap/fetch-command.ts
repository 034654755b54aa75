/** FETCH as a value (RFC 9051 §6.4.5), with what extensions added to it. Macros are already spelled out. */
import type { SequenceSet } from "./sequence-set.ts";

/** Which part of a message: BODY[1.2.HEADER.FIELDS (From)] is part [1,2], "fields", names ["From"]. */
export type Section = {
  readonly part: readonly number[];
  readonly text: "all" | "header" | "fields" | "fieldsNot" | "text" | "mime";
  /** As written, for the answer; compared without case. */
  readonly names: readonly string[];
};

export type Partial = { readonly from: number; readonly count: number };

export type SimpleFetchKind =
  | "flags"
  | "internaldate"
  | "envelope"
  | "bodystructure"
  /** BODY alone: the structure without extensions. */
  | "body"
  | "uid"
  | "rfc822.size"
  | "rfc822"
  | "rfc822.header"
  | "rfc822.text"
  | "modseq"
  | "emailid"
  | "threadid"
  | "savedate";

export type FetchItem =
  | { readonly kind: SimpleFetchKind }
  | {
      readonly kind: "section";
      readonly peek: boolean;
      readonly section: Section;
      readonly partial: Partial | undefined;
    }
  | {
      readonly kind: "binary";
      readonly peek: boolean;
      readonly part: readonly number[];
      readonly partial: Partial | undefined;
    }
  | { readonly kind: "binary.size"; readonly part: readonly number[] }
  /** RFC 8970. */
  | { readonly kind: "preview"; readonly lazy: boolean };

export type FetchCommand = {
  readonly name: "fetch";
  readonly uid: boolean;
  readonly set: SequenceSet;
  readonly items: readonly FetchItem[];
  /** RFC 7162 §3.1.4.1. */
  readonly changedSince: number | undefined;
  /** RFC 7162 §3.2.6. */
  readonly vanished: boolean;
  /** RFC 9394 §3.3: positions among the matching messages; negative ones count from the end. */
  readonly partial: readonly [from: number, to: number] | undefined;
};
