/**
 * The port through which the house asks the DNS. server/resolver implements it over the world's network; whoever
 * routes or checks mail only sees this. It never rejects: what goes wrong is a Resolution of kind "failure".
 */
import type { RecordTypeName, ResourceRecord } from "./record.ts";

export type Resolution = {
  /**
   * `answer`: there are records. `noData`: the name exists, not with this type. `nxdomain`: there is no such name
   * (or no such name at the end of its aliases). `failure`: nobody could say; worth trying later.
   */
  readonly kind: "answer" | "noData" | "nxdomain" | "failure";
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`…; `TIMEOUT` or `NETWORK` when no server answered. */
  readonly rcode: string;
  /** As asked. */
  readonly name: string;
  /** The name at the end of the CNAMEs; the asked one when there are none. */
  readonly canonicalName: string;
  /** The aliases passed, in order: their targets, the last is `canonicalName`. */
  readonly cnames: readonly string[];
  /** Of the asked type only, with what remains of their time to live. */
  readonly records: readonly ResourceRecord[];
  readonly ttlSeconds: number;
  readonly fromCache: boolean;
  /** The server that said so, `10.66.0.53:53`; undefined when none did. */
  readonly server: string | undefined;
  /** The journal's `dns.answer` event. */
  readonly event: number | undefined;
  /** For the log: why it failed. */
  readonly detail?: string;
};

/** What a question belongs to in the journal. */
export type ResolveContext = { readonly trace?: string | undefined; readonly cause?: number | undefined };

export type Resolver = {
  resolve(name: string, type: RecordTypeName, context?: ResolveContext): Promise<Resolution>;
  /** Forgets everything cached. */
  flush(): void;
};
