/** What one would rather be asked about before a letter leaves. Pure. */

export type Looked = { readonly subject: string; readonly text: string; readonly files: number };

const ATTACHED =
  /\b(?:attach(?:ed|ing|ments?)|enclosed|im anhang|angehängt|anbei|beigefügt|en pièce jointe|ci-joint|adjunto|in allegato|bijgevoegd|bijlage)\b/iu;

/** Sentences; empty when there is nothing to ask. Only one's own words count, not what is quoted. */
export function letterWarnings({ subject, text, files }: Looked): readonly string[] {
  const own = text
    .split("\n")
    .filter((line) => !line.startsWith(">"))
    .join("\n");
  const warnings: string[] = [];
  if (subject.trim() === "") warnings.push("It has no subject.");
  const found = ATTACHED.exec(own) ?? ATTACHED.exec(subject);
  if (files === 0 && found !== null) warnings.push(`It says “${found[0]}”, but nothing is attached.`);
  if (own.trim() === "" && files === 0) warnings.push("It has no text.");
  return warnings;
}
