/** The words of a question as a shell would cut them, with a `dig` in front forgiven. */
export function digWords(text: string): string[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return words[0] === "dig" ? words.slice(1) : words;
}
