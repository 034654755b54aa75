/** Domain names in the one form that is compared and looked up: A-labels, lower case (RFC 5891 §4). Never throws. */
import { domainToASCII } from "node:url";

/** `bücher.test` to `xn--bcher-kva.test`, lower case; undefined when it is no domain name. */
export function toAsciiDomain(text: string): string | undefined {
  if (isAscii(text)) return text.toLowerCase();
  const name = domainToASCII(text);
  return name === "" ? undefined : name;
}

/** The same for the domain of an address or pattern, `eva@bücher.test` or `bücher.test`; what is no name stays as it is. */
export function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  return address.slice(0, at) + (toAsciiDomain(domain) ?? domain);
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
