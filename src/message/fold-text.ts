/**
 * Text as searches compare it: in the spirit of i;unicode-casemap (RFC 5051), letters without case and in their
 * decomposed form, so that `É` meets `é` however either was written. Plain ASCII, the usual case, is only lowered.
 */
export function foldText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  return /^[\0-\x7f]*$/.test(text) ? text.toLowerCase() : text.normalize("NFKD").toLowerCase();
}
