/** SVCB and HTTPS (RFC 9460): a priority, a target, and parameters in rising order of their keys. */
import { fromLatin1, latin1 } from "../../base/bytes.ts";
import { formatIp, parseIpv4, parseIpv6 } from "../../base/ip.ts";
import { absoluteName } from "./name.ts";
import type { RdataCodec } from "./rdata-codec.ts";
import type { ServiceData, SvcParam } from "./record.ts";
import { quoteText, unescapeText } from "./text-fields.ts";
import type { TextFields, Token } from "./text-fields.ts";
import { Malformed } from "./wire.ts";
import type { WireReader } from "./wire.ts";

/** RFC 9460 §14.3.2 and RFC 9461. */
const KEYS = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];

export function svcbCodec<T extends "SVCB" | "HTTPS">(type: T): RdataCodec<ServiceData<T>> {
  return {
    decode: (reader, end) => ({
      type,
      priority: reader.uint16(),
      target: reader.name(),
      params: decodeParams(reader, end),
    }),
    encode(writer, { priority, target, params }) {
      writer.uint16(priority);
      writer.name(target, false);
      for (const { key, value } of params) {
        writer.uint16(key);
        writer.uint16(value.length);
        writer.put(value);
      }
    },
    format({ priority, target, params }) {
      const texts = params.map(formatParam);
      if (texts.includes(undefined)) return undefined;
      return [String(priority), absoluteName(target), ...texts].join(" ");
    },
    parse(fields) {
      const priority = fields.integer(0xffff, "a priority");
      const target = fields.name("the target's name");
      const params: SvcParam[] = [];
      for (const token of joinQuoted(fields.rest())) {
        const param = parseParam(fields, token);
        if (params.some(({ key }) => key === param.key)) fields.fail(token, "each parameter once");
        params.push(param);
      }
      return { type, priority, target, params: params.sort((a, b) => a.key - b.key) };
    },
  };
}

function decodeParams(reader: WireReader, end: number): SvcParam[] {
  const params: SvcParam[] = [];
  let last = -1;
  while (reader.offset < end) {
    const key = reader.uint16();
    // RFC 9460 §2.2: keys out of order, or twice, make the record malformed.
    if (key <= last) throw new Malformed("service parameters out of order");
    last = key;
    params.push({ key, value: reader.take(reader.uint16()) });
  }
  return params;
}

/** Undefined when the bytes of a known parameter do not have its form. */
function formatParam({ key, value }: SvcParam): string | undefined {
  const name = KEYS[key] ?? `key${key}`;
  if (key === 2) return value.length === 0 ? name : undefined;
  if (key > 6) return value.length === 0 ? name : `${name}=${quoteText(latin1(value))}`;
  const text = value.length === 0 ? undefined : formatValue(name, value);
  return text === undefined ? undefined : `${name}=${text}`;
}

function formatValue(name: string, value: Uint8Array): string | undefined {
  switch (name) {
    case "mandatory":
      return formatMandatory(value);
    case "alpn":
      return formatAlpn(value);
    case "port":
      return value.length === 2 ? String(pairs(value)[0]) : undefined;
    case "ipv4hint":
      return formatHints(value, 4);
    case "ipv6hint":
      return formatHints(value, 16);
    default:
      return Buffer.from(value).toString("base64");
  }
}

function formatMandatory(value: Uint8Array): string | undefined {
  const keys = pairs(value);
  const rising = keys.every((key, i) => i === 0 || key > (keys[i - 1] ?? 0));
  if (value.length % 2 !== 0 || !rising || keys.includes(0xffff)) return undefined;
  return keys.map((key) => KEYS[key] ?? `key${key}`).join(",");
}

function pairs(value: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let i = 0; i + 1 < value.length; i += 2) numbers.push(((value[i] ?? 0) << 8) | (value[i + 1] ?? 0));
  return numbers;
}

/** Only ids that need no escaping get the short form; others are shown as the bytes they are. */
function formatAlpn(value: Uint8Array): string | undefined {
  const ids: string[] = [];
  for (let at = 0; at < value.length;) {
    const length = value[at] ?? 0;
    const id = latin1(value.subarray(at + 1, at + 1 + length));
    if (id.length !== length || !/^[A-Za-z0-9./_-]+$/.test(id)) return undefined;
    ids.push(id);
    at += 1 + length;
  }
  return `"${ids.join(",")}"`;
}

function formatHints(value: Uint8Array, sizeBytes: number): string | undefined {
  if (value.length % sizeBytes !== 0) return undefined;
  const hints: string[] = [];
  for (let at = 0; at < value.length; at += sizeBytes)
    hints.push(formatIp(value.subarray(at, at + sizeBytes)));
  return hints.join(",");
}

/** `alpn="h2,h3"` reaches us as two tokens that touch; they are one parameter. */
function joinQuoted(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (token.quoted && last !== undefined && !last.quoted && last.raw.endsWith("="))
      joined[joined.length - 1] = { ...last, raw: last.raw + token.raw, quoted: true };
    else joined.push(token);
  }
  return joined;
}

/**
 *     SvcParam = key [ "=" value ]      ; RFC 9460 §2.1
 */
function parseParam(fields: TextFields, token: Token): SvcParam {
  const expected = "a parameter, as in alpn=h2 or port=443 or key65000=value";
  const [, name = "", raw] = /^([a-z0-9-]+)(?:=(.*))?$/s.exec(token.raw) ?? [];
  const key = paramKey(name);
  const text = unescapeText(raw ?? "");
  if (key === undefined || text === undefined) fields.fail(token, expected);
  // RFC 9460 §7: a list in which no value holds a comma needs no second escaping.
  const value = parseValue(KEYS[key] ?? "", text) ?? fields.fail(token, `a value that fits ${name}`);
  return { key, value };
}

function paramKey(name: string): number | undefined {
  const known = KEYS.indexOf(name);
  if (known !== -1) return known;
  const number = /^key(0|[1-9]\d{0,4})$/.exec(name)?.[1];
  return number === undefined || Number(number) >= 0xffff ? undefined : Number(number);
}

function parseValue(name: string, text: string): Uint8Array | undefined {
  switch (name) {
    case "mandatory": {
      const keys = text.split(",").map(paramKey);
      return keys.some((key) => key === undefined)
        ? undefined
        : numbersOf((keys as number[]).sort((a, b) => a - b));
    }
    case "alpn": {
      const ids = text.split(",");
      if (ids.some((id) => id === "" || id.length > 255)) return undefined;
      return plain(fromLatin1(ids.map((id) => String.fromCharCode(id.length) + id).join("")));
    }
    case "no-default-alpn":
      return text === "" ? new Uint8Array(0) : undefined;
    case "port":
      return /^\d{1,5}$/.test(text) && Number(text) <= 0xffff ? numbersOf([Number(text)]) : undefined;
    case "ipv4hint":
      return parseHints(text, parseIpv4);
    case "ipv6hint":
      return parseHints(text, parseIpv6);
    case "ech":
      return /^[0-9a-z+/]+={0,2}$/i.test(text) ? plain(Buffer.from(text, "base64")) : undefined;
    default:
      return plain(fromLatin1(text));
  }
}

function parseHints(text: string, parse: (one: string) => Uint8Array | undefined): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const one of text.split(",")) {
    const address = parse(one);
    if (address === undefined) return undefined;
    bytes.push(...address);
  }
  return new Uint8Array(bytes);
}

function numbersOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(values.flatMap((value) => [value >> 8, value & 0xff]));
}

function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
