/** Addresses as people type and paste them: "Ann Baker <a@x>, c@y; d@z". Pure; what is no address stays visible as typed. */
import type { Person } from "../people.ts";

/** Limit: pasted at once; as many as one letter takes. */
export const ADDRESSES_MAX = 1_000;

export function readAddresses(text: string): readonly Person[] {
  return splitList(text)
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .slice(0, ADDRESSES_MAX)
    .map(readAddress);
}

/** Whether it can be delivered at all, by its form: the server has the last word. */
export function isAddress(text: string): boolean {
  const at = text.lastIndexOf("@");
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || local.length > 64 || domain.length > 255 || /[\s<>,;]/.test(domain)) return false;
  if (!/^"[^"]*"$/.test(local) && /[\s<>,;:"()[\]\\]/.test(local)) return false;
  return (
    /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u.test(
      domain,
    ) || /^\[[\w.:]+\]$/.test(domain)
  );
}

function readAddress(text: string): Person {
  const match = /^(.*?)\s*<\s*([^<>]*?)\s*>$/s.exec(text);
  if (match === null) return { name: "", address: text.replace(/^mailto:/i, "") };
  const [, name = "", address = ""] = match;
  return {
    name: name
      .trim()
      .replace(/^"(.*)"$/s, "$1")
      .replaceAll(/\\(.)/g, "$1"),
    address,
  };
}

/** At commas, semicolons and line ends, outside quotes and brackets. */
function splitList(text: string): string[] {
  const parts = [""];
  let quoted = false;
  let bracketed = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === "<") bracketed = true;
    else if (!quoted && character === ">") bracketed = false;
    if (/[,;\n\r]/.test(character) && !quoted && !bracketed) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}
