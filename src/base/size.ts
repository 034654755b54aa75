/** Amounts of bytes as people write them: `512`, `64KB`, `50MB`, `1.5GB`. A kilobyte has 1,024 bytes here. */

const UNITS = ["", "K", "M", "G", "T"] as const;

/** Bytes, or undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?$/i.exec(text.trim());
  if (match === null) return undefined;
  const power = UNITS.indexOf((match[2] ?? "").toUpperCase() as (typeof UNITS)[number]);
  return Math.round(Number(match[1]) * 1024 ** power);
}

export function formatSize(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : Math.round(amount * 10) / 10} ${UNITS[power]}B`;
}
