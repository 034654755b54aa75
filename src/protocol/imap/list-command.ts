/** LIST as a value (RFC 9051 §6.3.9, RFC 5258), and the items of STATUS. */

export type StatusItem =
  | "messages"
  | "recent"
  | "uidnext"
  | "uidvalidity"
  | "unseen"
  | "deleted"
  | "size"
  | "highestmodseq"
  | "appendlimit"
  | "mailboxid"
  | "deleted-storage";

export type ListCommand = {
  readonly name: "list";
  readonly reference: string;
  /** More than one only in the extended form. */
  readonly patterns: readonly string[];
  /** Written with options or a list of patterns: its answers may say more (RFC 5258 §3). */
  readonly extended: boolean;
  readonly select: readonly ("subscribed" | "remote" | "recursivematch" | "special-use")[];
  readonly return: {
    readonly subscribed: boolean;
    readonly children: boolean;
    readonly specialUse: boolean;
    /** RFC 8440. */
    readonly myRights: boolean;
    /** RFC 5819. */
    readonly status: readonly StatusItem[] | undefined;
    /** RFC 9590: entries. */
    readonly metadata: readonly string[] | undefined;
  };
};
