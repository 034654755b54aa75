/** What the lab may do to an answer before it leaves, and how it is done. */
import type { Message, Rcode } from "../../protocol/dns/message.ts";
import type { ResourceRecord } from "../../protocol/dns/record.ts";

export type DnsFault =
  /** This response code, without records. */
  | { readonly action: "rcode"; readonly rcode: Rcode }
  /** TC over UDP, so that the asker must come by TCP. */
  | { readonly action: "truncate" }
  /** These records in place of the answer. */
  | { readonly action: "wrong"; readonly answers: readonly ResourceRecord[] }
  /** The right answer, late. */
  | { readonly action: "delay"; readonly delayMs: number }
  /** Silence. */
  | { readonly action: "drop" };

/** The reply as the fault makes it; delay and drop are the driver's. */
export function applyFault(reply: Message, fault: DnsFault, transport: "udp" | "tcp"): Message {
  const bare = { ...reply, answers: [], authorities: [], additionals: [] };
  switch (fault.action) {
    case "rcode":
      return { ...bare, rcode: fault.rcode, authoritative: false };
    case "truncate":
      return transport === "udp" ? { ...bare, truncated: true } : reply;
    case "wrong":
      return { ...bare, rcode: "NOERROR", answers: fault.answers };
    case "delay":
    case "drop":
      return reply;
  }
}
