/**
 * The patterns of connectors: `*`, `nemesis.test`, `*.arch.test`, `parser@*`, `bob@nemesis.test`, `<>`. Case does not matter, nor
 * whether a domain is written in its own script or in A-labels.
 */
import { toAsciiDomain } from "../../base/domain-name.ts";

export function matchesAddress(pattern: string, address: string): boolean {
  if (pattern === "*") return true;
  if (pattern === "<>" || address === "") return pattern === "<>" && address === "";
  const wanted = split(pattern);
  const given = split(address);
  if (wanted.local !== undefined && wanted.local !== "*" && wanted.local !== given.local) return false;
  return matchesDomain(wanted.domain, given.domain);
}

/** `*.arch.test` is every name below arch.test, not arch.test itself. */
export function matchesDomain(pattern: string, domain: string): boolean {
  const wanted = toAsciiDomain(pattern) ?? pattern;
  const given = toAsciiDomain(domain) ?? domain;
  if (wanted === "*" || wanted === given) return true;
  return wanted.startsWith("*.") && given.endsWith(wanted.slice(1));
}

function split(text: string): { local: string | undefined; domain: string } {
  const at = text.lastIndexOf("@");
  return at < 0
    ? { local: undefined, domain: text }
    : { local: text.slice(0, at).toLowerCase(), domain: text.slice(at + 1) };
}
