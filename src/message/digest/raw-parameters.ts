/**
 * Parameters of a field as BODYSTRUCTURE shows them: names lower case, values without quotes, not decoded. RFC 2231
 * continuations are put together, their encoding kept under the name with its star (RFC 2231 §6). Lenient, linear.
 */
import { trimBlanks } from "../header/fields.ts";

/** Limit: more than any field has. */
const PARAMETERS_MAX = 200;

const PARAMETER = /;[\t-\r ]*([^\t-\r =;"]+)[\t-\r ]*=[\t-\r ]*(?:"((?:[^"\\]|\\[^])*)"?|([^;]*))/g;

export function rawParameters(value: string): [name: string, value: string][] {
  const plain: [string, string][] = [];
  const continued = new Map<string, { order: number; text: string; encoded: boolean }[]>();
  let count = 0;
  for (const [, attribute = "", quoted, token = ""] of value.matchAll(PARAMETER)) {
    if (++count > PARAMETERS_MAX) break;
    const text = quoted === undefined ? withoutComment(token) : quoted.replaceAll(/\\([^])/g, "$1");
    const [, name = "", order, star] = /^([^*]+)\*(\d{1,3})(\*)?$/.exec(attribute.toLowerCase()) ?? [];
    if (order === undefined) {
      plain.push([attribute.toLowerCase(), text]);
      continue;
    }
    const segments = continued.get(name) ?? [];
    segments.push({ order: Number(order), text, encoded: star !== undefined });
    continued.set(name, segments);
  }
  for (const [name, segments] of continued) {
    segments.sort((a, b) => a.order - b.order);
    const encoded = segments.some((segment) => segment.encoded);
    const text = segments
      .map((one) => (encoded && !one.encoded ? percentEncode(one.text) : one.text))
      .join("");
    plain.push([encoded ? `${name}*` : name, text]);
  }
  return plain;
}

function withoutComment(token: string): string {
  const comment = token.indexOf("(");
  return trimBlanks(comment < 0 ? token : token.slice(0, comment));
}

function percentEncode(text: string): string {
  return text.replaceAll(/[^\w.!#$&+^`{}|~-]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
