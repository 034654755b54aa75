/**
 * Where a recipient's mail goes next, as a value, with the way the decision was reached. Made by routing, carried out
 * by delivery, printed by `posthorn why`.
 */
import type { Reason } from "../../base/reason.ts";

/** One machine that may take the mail, with the addresses to try in order. */
export type Hop = {
  /** The MX host, smarthost or literal as named; what TLS must verify and what the trace shows. */
  readonly host: string;
  readonly preference: number | undefined; // MX only
  readonly addresses: readonly string[];
  readonly port: number;
};

export type SmtpRoute = {
  readonly kind: "smtp";
  /** Jobs with equal keys share connections and a concurrency bound: `mx:nemesis.test`, `smarthost:smart:587`. */
  readonly key: string;
  /** Best first; equal preferences already shuffled (RFC 5321 §5.1). Never empty. */
  readonly hops: readonly Hop[];
  /** "never" for a peer known to break; "may" is opportunistic; "must" defers without TLS; "verify" also checks the name. */
  readonly tls: "never" | "may" | "must" | "verify";
  /** True: TLS from the first byte (port 465). */
  readonly implicitTls?: boolean | undefined;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  /** "lmtp" speaks RFC 2033 to the next hop. */
  readonly protocol: "smtp" | "lmtp";
};

export type RouteTarget =
  | SmtpRoute
  | { readonly kind: "local"; readonly account: string; readonly mailbox?: string | undefined }
  | { readonly kind: "drop"; readonly folder: string }
  | {
      readonly kind: "webhook";
      readonly url: string;
      readonly secret?: string | undefined;
      /** A drop folder it is written into first; only then is the call made. */
      readonly folder?: string | undefined;
    }
  /** Never deliverable: bounce now. `status` is RFC 3463. */
  | { readonly kind: "fail"; readonly status: string; readonly text: string }
  /** Not now (a name server is down): try again later. */
  | { readonly kind: "defer"; readonly status: string; readonly text: string };

export type Route = {
  readonly recipient: string;
  readonly target: RouteTarget;
  /** The questions asked and answers got, one sentence each, in order: what `why` prints. */
  readonly steps: readonly string[];
  readonly reason: Reason;
};

/** Decides for one recipient. Never rejects: what fails becomes "fail" or "defer". */
export type Router = (recipient: string, context: RoutingContext) => Promise<Route>;

export type RoutingContext = {
  readonly reversePath: string;
  /** Where the message came from: an address, or undefined for one of our own. */
  readonly client: string | undefined;
  readonly trace: string | undefined;
  readonly cause: number | undefined;
};
