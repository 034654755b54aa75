/** A DNS message as a value (RFC 1035 §4.1), with what EDNS adds to it (RFC 6891) taken out of the records. */
import type { Question, ResourceRecord } from "./record.ts";

const RCODES = [
  [0, "NOERROR"],
  [1, "FORMERR"],
  [2, "SERVFAIL"],
  [3, "NXDOMAIN"],
  [4, "NOTIMP"],
  [5, "REFUSED"],
  [6, "YXDOMAIN"],
  [7, "YXRRSET"],
  [8, "NXRRSET"],
  [9, "NOTAUTH"],
  [10, "NOTZONE"],
  [16, "BADVERS"],
  [23, "BADCOOKIE"],
] as const;

/** The IANA registry's names; others are `RCODE` and a number. Above 15 only with EDNS. */
export type Rcode = (typeof RCODES)[number][1] | `RCODE${number}`;

const RCODE_NAMES = new Map<number, Rcode>(RCODES);
const RCODE_CODES = new Map<Rcode, number>(RCODES.map(([code, name]) => [name, code]));

export function rcodeName(code: number): Rcode {
  return RCODE_NAMES.get(code) ?? `RCODE${code}`;
}

export function rcodeCode(rcode: Rcode): number {
  return RCODE_CODES.get(rcode) ?? Number(rcode.slice("RCODE".length));
}

/** `servfail` → `SERVFAIL`; undefined for what is no response code. */
export function parseRcode(text: string): Rcode | undefined {
  const upper = text.toUpperCase() as Rcode;
  if (RCODE_CODES.has(upper)) return upper;
  const code = /^RCODE(\d{1,4})$/.exec(upper)?.[1];
  return code === undefined || Number(code) > 0xfff ? undefined : rcodeName(Number(code));
}

export const OPCODE_QUERY = 0;

export type Header = {
  readonly id: number;
  readonly opcode: number;
  readonly response: boolean;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
};

export type EdnsOption = { readonly code: number; readonly data: Uint8Array };

export type Edns = {
  readonly version: number;
  readonly udpSizeBytes: number;
  readonly dnssecOk: boolean;
  readonly options: readonly EdnsOption[];
};

export type Message = Header & {
  readonly rcode: Rcode;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
  readonly edns: Edns | undefined;
};

/** A query as a stub or forwarder sends it. */
export function queryMessage(id: number, question: Question, edns: Edns | undefined): Message {
  return {
    id,
    opcode: OPCODE_QUERY,
    response: false,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    rcode: "NOERROR",
    questions: [question],
    answers: [],
    authorities: [],
    additionals: [],
    edns,
  };
}
