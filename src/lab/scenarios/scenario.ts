/**
 * What a scenario is: a small lab, the story of what happens in it, and the steps that make it happen and prove it.
 * Types only. A scenario looks at what a person could see (mail, replies, traces, queues), never at internals.
 */
import type { Lab } from "../lab.ts";
import type { Dialogue } from "./dialogue.ts";
import type { WebReceiver } from "./web-receiver.ts";

export type Scenario = {
  /** Its place in the list; numbers are kept when scenarios come and go. */
  readonly number: number;
  /** `direct-delivery`: what the command takes. */
  readonly name: string;
  readonly title: string;
  /** `RFC 5321 §5.1`, the rules it shows. */
  readonly rfcs: readonly string[];
  /** What happens and why, a paragraph each, for somebody who learns. */
  readonly narration: readonly string[];
  /** The lab file, as an administrator would write it. */
  readonly lab: string;
  play(stage: Stage): Promise<void>;
};

/** Takes one assertion: what must hold, whether it does, and what was found when it does not. */
export type Check = (text: string, passed: boolean, found?: unknown) => void;

/** What a scenario is played on. */
export type Stage = {
  readonly lab: Lab;
  readonly check: Check;
  /** Tells the learner what was just done. */
  note(text: string): void;
  /** Says what was found out about this run, such as how long it took; another run may say otherwise. */
  measured(text: string): void;
  /** Opens an SMTP connection to a host and types by hand; from an address of the lab's network, else as `you`. */
  dial(host: string, from?: string): Promise<Dialogue>;
  /** The web server behind every webhook of the lab: answers as it is told, and remembers. */
  readonly web: WebReceiver;
  /** A file that a host has written, by the path the journal gives. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** The same lab file begun from another seed; taken down when the scenario ends. */
  withSeed(seed: number): Promise<Lab>;
};

export type Assertion = {
  readonly text: string;
  readonly passed: boolean;
  /** The note it comes after. */
  readonly step?: string;
  /** What was found instead. */
  readonly detail?: string;
};

export type ScenarioResult = {
  readonly number: number;
  readonly name: string;
  readonly title: string;
  readonly passed: boolean;
  readonly assertions: readonly Assertion[];
  readonly durationMs: number;
  readonly narration: readonly string[];
  /** What was done and measured, in order. */
  readonly notes: readonly string[];
  /** The journeys of its messages: ids for `posthorn lab trace`. */
  readonly traces: readonly string[];
};
