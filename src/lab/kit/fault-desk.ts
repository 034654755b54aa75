/**
 * Faults as a test places them: `lab.fault.at("kerio.smtp.RCPT").first(2).reply(451)`. Builds the same entry the lab
 * file has and hands it to the fault box, which checks it.
 */

/** As written under `faults:` in a lab file. */
export type FaultEntry = Readonly<Record<string, unknown>>;

export type PlacedFault = {
  readonly id: string;
  readonly entry: FaultEntry;
  /** `kerio.smtp.RCPT`. */
  readonly at: string;
  /** `reply 450 4.2.1 busy`. */
  readonly action: string;
  /** Of the lab file, or added since. */
  readonly origin: "file" | "added";
  /** Events at its place for which its matchers hold, and those of them it struck. */
  readonly seenCount: number;
  readonly firedCount: number;
  /** Its time (`until`, `for`) has passed. */
  readonly isOver: boolean;
  /** Lab time. */
  readonly placedAt: number;
  readonly endsAt: number | undefined;
  /** The host that it takes off the network altogether. */
  readonly takesDown: string | undefined;
};

export type FaultBoxPort = {
  /** The id it got. Throws LabError for an entry that is none. */
  add(entry: FaultEntry): string;
  remove(id: string): boolean;
  list(): readonly PlacedFault[];
  clear(): void;
};

export type FaultDesk = FaultBoxPort & { at(point: string): FaultBuilder };

/** When, then what: each `what` places the fault and returns its id. */
export type FaultBuilder = {
  /** The first so many times. */
  first(count: number): FaultBuilder;
  /** These times only, from 1. */
  on(...times: number[]): FaultBuilder;
  every(count: number): FaultBuilder;
  /** Other conditions: `from`, `to`, `size`, `subject`, `query`, `chance`, `until`. */
  when(conditions: Readonly<Record<string, unknown>>): FaultBuilder;
  /** For this much lab time. */
  lasting(duration: string): FaultBuilder;
  /** A code, or a code with text: `451` or `"450 4.2.1 busy"`. */
  reply(reply: number | string): string;
  delay(duration: string): string;
  drop(): string;
  reset(): string;
  blackhole(): string;
  down(): string;
  /** Extensions left out of the answer to EHLO. */
  hide(...extensions: string[]): string;
  rcode(code: string): string;
  tls(how: "strip" | "badcert" | "expired"): string;
  /** Any action of the lab file. */
  do(action: Readonly<Record<string, unknown>>): string;
};

/** What a bare code says. */
const TEXTS: Readonly<Record<string, string>> = {
  "421": "4.3.2 the lab says: not now",
  "450": "4.2.1 the lab says: mailbox busy",
  "451": "4.3.0 the lab says: try again later",
  "452": "4.3.1 the lab says: no room",
  "550": "5.1.1 the lab says: no such user",
  "552": "5.3.4 the lab says: too big",
  "554": "5.0.0 the lab says: no",
};

export function createFaultDesk(box: FaultBoxPort): FaultDesk {
  return {
    add: (entry) => box.add(entry),
    remove: (id) => box.remove(id),
    list: () => box.list(),
    clear: () => box.clear(),
    at: (point) => builder(box, point, {}, {}),
  };
}

function builder(
  box: FaultBoxPort,
  at: string,
  when: Readonly<Record<string, unknown>>,
  also: Readonly<Record<string, unknown>>,
): FaultBuilder {
  const where = (more: Readonly<Record<string, unknown>>): FaultBuilder =>
    builder(box, at, { ...when, ...more }, also);
  const place = (action: Readonly<Record<string, unknown>>): string =>
    box.add({ at, ...(Object.keys(when).length === 0 ? {} : { when }), do: { ...action, ...also } });
  return {
    first: (count) => where({ n: Array.from({ length: count }, (_, i) => i + 1) }),
    on: (...times) => where({ n: times }),
    every: (count) => where({ every: count }),
    when: where,
    lasting: (duration) => builder(box, at, when, { ...also, for: duration }),
    reply: (reply) => place({ reply: replyText(reply) }),
    delay: (duration) => place({ delay: duration }),
    drop: () => place({ drop: true }),
    reset: () => place({ reset: true }),
    blackhole: () => place({ blackhole: true }),
    down: () => place({ down: true }),
    hide: (...extensions) => place({ hide: extensions }),
    rcode: (code) => place({ rcode: code }),
    tls: (how) => place({ tls: how }),
    do: place,
  };
}

function replyText(reply: number | string): string {
  const text = String(reply);
  return /^\d{3}$/.test(text) ? `${text} ${TEXTS[text] ?? `${text.charAt(0)}.0.0 the lab says so`}` : text;
}
