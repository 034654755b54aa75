/**
 * A fault of the lab as a value: where it stands, when it strikes, what it does. Read from the lab file by schema.ts,
 * counted by fault-box.ts, carried out by the doors' hooks and the network. Pure.
 */
import type { Rcode } from "../../protocol/dns/message.ts";
import type { RecordData } from "../../protocol/dns/record.ts";
import type { InterceptPoint } from "../../protocol/smtp/interception.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import type { FaultPlace } from "./fault-place.ts";

/** As written under `faults:` in a lab file. */
export type FaultEntry = Readonly<Record<string, unknown>>;

/** All of them must hold. `n`, `every` and `chance` choose among the events for which the others hold. */
export type FaultMatch = {
  /** Which events, counted from 1 since the fault was placed. */
  readonly n?: readonly number[] | undefined;
  /** Every so-manieth event. */
  readonly every?: number | undefined;
  /** Lab time after it was placed. */
  readonly untilMs?: number | undefined;
  /** From 0 to 1, drawn from the lab's seed. */
  readonly chance?: number | undefined;
  /** Patterns as in connectors: `*@arch.test`, `bob@nemesis.test`, `<>`. */
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
  /** This size or more. */
  readonly sizeBytesMin?: number | undefined;
  readonly subject?: RegExp | undefined;
  readonly query?: { readonly name: string; readonly type: string | undefined } | undefined;
};

/** drop: FIN. reset: RST. blackhole: silence. down: nobody is there. */
export type CutAction = "drop" | "reset" | "blackhole" | "down";
export type TlsTrouble = "strip" | "badcert" | "expired";
export type RateLimit = { readonly count: number; readonly perMs: number };

export type FaultAction = {
  readonly reply?: SmtpReply | undefined;
  readonly delayMs?: number | undefined;
  readonly cut?: CutAction | undefined;
  readonly throttleBytesPerSecond?: number | undefined;
  readonly sliceBytes?: number | undefined;
  /** A connection is cut after so many bytes, both ways together. */
  readonly limitBytes?: number | undefined;
  readonly hide?: readonly string[] | undefined;
  readonly tls?: TlsTrouble | undefined;
  readonly rcode?: Rcode | undefined;
  readonly truncate?: boolean | undefined;
  /** The data of the records that stand in place of the answer. */
  readonly wrong?: readonly RecordData[] | undefined;
  /** The fault strikes only events beyond this rate. */
  readonly rateLimit?: RateLimit | undefined;
  /** From the first time it strikes it goes on this long, whatever n, every and chance say, and is then over. */
  readonly forMs?: number | undefined;
};

export type LabFault = {
  readonly id: string | undefined;
  readonly at: FaultPlace;
  readonly when: FaultMatch;
  readonly do: FaultAction;
  readonly entry: FaultEntry;
};

/** What is known of an event. */
export type FaultFacts = {
  readonly reversePath?: string | undefined;
  readonly recipient?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly subject?: string | undefined;
  readonly query?: { readonly name: string; readonly type: string } | undefined;
};

/** Something that happens in the lab, where a fault may stand. */
export type FaultEvent =
  | { readonly kind: "smtp"; readonly host: string; readonly point: InterceptPoint }
  | { readonly kind: "dns"; readonly host: string }
  /** `from` opens a connection, or sends a datagram, to `to`. */
  | { readonly kind: "link"; readonly from: string; readonly to: string };

/** Whether a rate limit says nothing about what happens beyond it, so that the door's own words are due. */
export function isPlainRateLimit(action: FaultAction): boolean {
  if (action.rateLimit === undefined) return false;
  return Object.entries(action).every(
    ([key, effect]) => effect === undefined || key === "rateLimit" || key === "forMs",
  );
}
