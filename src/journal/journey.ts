/** What a trace is made of: one message's journey, hop by hop. Types only; trace.ts derives them from events. */
import type { Conversation } from "./conversation.ts";
import type { EventOf } from "./events.ts";
import type { Link } from "./messages.ts";

export type RecipientResult = {
  readonly recipient: string;
  /** "queued": no attempt has ended yet. "refused": it never got into a queue. */
  readonly result: EventOf<"outcome">["result"] | "queued" | "refused";
  readonly status: string | undefined;
  readonly reply: string | undefined;
  /** The host that knows. */
  readonly host: string;
  readonly nextAttemptAt: number | undefined;
};

export type Attempt = {
  readonly number: number;
  readonly at: number;
  readonly recipients: readonly string[];
  readonly to: string;
  readonly failures: readonly EventOf<"connection.failed">[];
  readonly conversations: readonly Conversation[];
  readonly outcomes: readonly EventOf<"outcome">[];
};

/** What one host did with it. */
export type Hop = {
  readonly host: string;
  /** Undefined when the host refused it. */
  readonly queueId: string | undefined;
  /** The hop before, and how that is known. */
  readonly link: Link | undefined;
  readonly at: number;
  readonly received: EventOf<"message.received"> | undefined;
  /** How it came in; shared with the attempt of the hop before when that is known. */
  readonly arrival: Conversation | undefined;
  readonly policies: readonly EventOf<"policy">[];
  readonly routing: readonly EventOf<"routing">[];
  readonly lookups: readonly EventOf<"dns.answer">[];
  readonly attempts: readonly Attempt[];
  /** Outcomes that no attempt made: expired, held, released, dropped. */
  readonly decisions: readonly EventOf<"outcome">[];
  readonly ends: readonly (EventOf<"store"> | EventOf<"drop"> | EventOf<"webhook">)[];
  readonly warnings: readonly EventOf<"warning">[];
  readonly reports: readonly EventOf<"dsn">[];
};

export type Trace = {
  /** The queue id at the first host; for mail that was refused, its connection id. */
  readonly id: string;
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
  readonly reversePath: string;
  readonly recipients: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
  readonly results: readonly RecipientResult[];
  /** In the order of travel. */
  readonly hops: readonly Hop[];
  readonly related: {
    /** The trace this one is a report about. */
    readonly originalOf: string | undefined;
    /** Traces that are reports about this one. */
    readonly reports: readonly string[];
  };
};
