/** What a line of a conversation means, as one line of text. Pure. */

export function meaningText({ text, rfc }: { readonly text: string; readonly rfc: string }): string {
  return rfc === "" ? text : `${text} (${rfc})`;
}
