/**
 * What an index may know of an account's e-mails, as a port: for a text it names those of a span that may hold it. It
 * may err on one side only: a "no" is sure, a "maybe" is looked at. What it does not cover is looked at as well.
 */

export type IndexedField = "from" | "to" | "cc" | "bcc" | "subject" | "text";

/** E-mail ids from `from` up to, and without, `to`. */
export type IndexedSpan = {
  readonly from: number;
  readonly to: number;
  /** A bit for each id: whether the folded text may stand in that field. "text" is headers and bodies together. */
  maybe(field: IndexedField, folded: string): Uint8Array;
  /** For this field a "maybe" is a yes. */
  isExact(field: IndexedField): boolean;
};

export type SearchIndex = {
  /** The span an e-mail is in; undefined when it is not indexed (yet). */
  span(emailId: number): IndexedSpan | undefined;
};

export const NO_INDEX: SearchIndex = { span: () => undefined };
