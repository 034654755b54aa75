/**
 * Resource records as values: a name, a time to live, and the data of one type. Names are as in name.ts; strings
 * have one character per byte; opaque data is bytes. A type we do not know keeps its bytes (RFC 3597).
 */

/** RFC 1035 §3.2.2 and the IANA registry. */
export const TYPE_CODES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DS: 43,
  RRSIG: 46,
  DNSKEY: 48,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  CAA: 257,
} as const;

/** Types that only a question has (RFC 1035 §3.2.3), and OPT, which is no record. */
const QUESTION_CODES = { OPT: 41, IXFR: 251, AXFR: 252, ANY: 255 } as const;

export type KnownType = keyof typeof TYPE_CODES;
export type UnknownType = `TYPE${number}`;
export type RecordTypeName = KnownType | UnknownType;
export type QuestionTypeName = RecordTypeName | keyof typeof QUESTION_CODES;

export type RecordClass = "IN" | "CH" | "HS" | "NONE" | "ANY" | `CLASS${number}`;

export type SvcParam = { readonly key: number; readonly value: Uint8Array };

/** Canonical text: dotted quad, or RFC 5952. */
export type AddressData<T extends "A" | "AAAA"> = { readonly type: T; readonly address: string };
export type TargetData<T extends "NS" | "CNAME" | "PTR"> = { readonly type: T; readonly target: string };
export type ServiceData<T extends "SVCB" | "HTTPS"> = {
  readonly type: T;
  readonly priority: number;
  readonly target: string;
  readonly params: readonly SvcParam[];
};

export type RecordData =
  | AddressData<"A">
  | AddressData<"AAAA">
  | TargetData<"NS">
  | TargetData<"CNAME">
  | TargetData<"PTR">
  | { readonly type: "MX"; readonly preference: number; readonly exchange: string }
  | {
      readonly type: "SOA";
      readonly primary: string;
      readonly mailbox: string;
      readonly serial: number;
      readonly refreshSeconds: number;
      readonly retrySeconds: number;
      readonly expireSeconds: number;
      readonly minimumSeconds: number;
    }
  | { readonly type: "TXT"; readonly strings: readonly string[] }
  | {
      readonly type: "SRV";
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | {
      readonly type: "TLSA";
      readonly usage: number;
      readonly selector: number;
      readonly matchingType: number;
      readonly data: Uint8Array;
    }
  | { readonly type: "CAA"; readonly flags: number; readonly tag: string; readonly value: string }
  | {
      readonly type: "DS";
      readonly keyTag: number;
      readonly algorithm: number;
      readonly digestType: number;
      readonly digest: Uint8Array;
    }
  | {
      readonly type: "DNSKEY";
      readonly flags: number;
      readonly protocol: number;
      readonly algorithm: number;
      readonly publicKey: Uint8Array;
    }
  | {
      readonly type: "RRSIG";
      readonly typeCovered: RecordTypeName;
      readonly algorithm: number;
      readonly labels: number;
      readonly originalTtlSeconds: number;
      readonly expirationSeconds: number; // since 1970, modulo 2^32 (RFC 4034 §3.1.5)
      readonly inceptionSeconds: number;
      readonly keyTag: number;
      readonly signer: string;
      readonly signature: Uint8Array;
    }
  | ServiceData<"SVCB">
  | ServiceData<"HTTPS">
  | { readonly type: UnknownType; readonly bytes: Uint8Array };

export type DataOf<T extends RecordTypeName> = Extract<RecordData, { type: T }>;

export type ResourceRecord = {
  readonly name: string;
  readonly class: RecordClass;
  readonly ttlSeconds: number;
  readonly data: RecordData;
};

export type Question = {
  readonly name: string;
  readonly type: QuestionTypeName;
  readonly class: RecordClass;
};

const NAMES_BY_CODE = new Map<number, QuestionTypeName>(
  [...Object.entries(TYPE_CODES), ...Object.entries(QUESTION_CODES)].map(([name, code]) => [
    code,
    name as QuestionTypeName,
  ]),
);
const CODES_BY_NAME = new Map<string, number>([...NAMES_BY_CODE].map(([code, name]) => [name, code]));
const CLASSES: readonly (readonly [number, RecordClass])[] = [
  [1, "IN"],
  [3, "CH"],
  [4, "HS"],
  [254, "NONE"],
  [255, "ANY"],
];
const CLASS_NAMES = new Map(CLASSES);
const CLASS_CODES = new Map(CLASSES.map(([code, name]) => [name, code]));

export function typeName(code: number): QuestionTypeName {
  return NAMES_BY_CODE.get(code) ?? `TYPE${code}`;
}

export function typeCode(name: QuestionTypeName): number {
  return CODES_BY_NAME.get(name) ?? Number(name.slice("TYPE".length));
}

/** `mx`, `MX` and `TYPE15` are one type; undefined for what is no type (RFC 3597 §5). */
export function parseTypeName(text: string): QuestionTypeName | undefined {
  const upper = text.toUpperCase();
  if (CODES_BY_NAME.has(upper)) return upper as QuestionTypeName;
  const code = /^TYPE(\d{1,5})$/.exec(upper)?.[1];
  return code === undefined || Number(code) > 0xffff ? undefined : typeName(Number(code));
}

/** Whether a record can have this type: not OPT, ANY or a transfer. */
export function isRecordType(type: QuestionTypeName): type is RecordTypeName {
  return !(type in QUESTION_CODES);
}

export function className(code: number): RecordClass {
  return CLASS_NAMES.get(code) ?? `CLASS${code}`;
}

export function classCode(name: RecordClass): number {
  return CLASS_CODES.get(name) ?? Number(name.slice("CLASS".length));
}

/** The data of the records that have this type: `dataOf(resolution.records, "MX")[0]?.exchange`. */
export function dataOf<T extends RecordTypeName>(records: readonly ResourceRecord[], type: T): DataOf<T>[] {
  const found: DataOf<T>[] = [];
  for (const { data } of records) if (data.type === type) found.push(data as DataOf<T>);
  return found;
}
