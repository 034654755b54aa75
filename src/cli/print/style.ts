/** Colour and width for the terminal, as one value handed to every printer: none of them asks the machine. */
import picocolors from "picocolors";

export type Style = {
  readonly width: number;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly client: (text: string) => string;
  readonly server: (text: string) => string;
  readonly good: (text: string) => string;
  readonly wait: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly name: (text: string) => string;
};

/** Limit: narrower than this a trace says nothing any more. */
export const WIDTH_MIN = 40;
export const WIDTH_DEFAULT = 100;

export function createStyle(color: boolean, width: number = WIDTH_DEFAULT): Style {
  const colors = picocolors.createColors(color);
  return {
    width: Math.max(WIDTH_MIN, width),
    dim: colors.dim,
    bold: colors.bold,
    client: colors.cyan,
    server: colors.magenta,
    good: colors.green,
    wait: colors.yellow,
    bad: colors.red,
    name: colors.blue,
  };
}

/** How to print to this stream: plain when it is no terminal or NO_COLOR is set and not empty. */
export function styleFor(
  stream: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const noColor = environment.NO_COLOR !== undefined && environment.NO_COLOR !== "";
  const forced = environment.FORCE_COLOR !== undefined && environment.FORCE_COLOR !== "0";
  return createStyle(!noColor && (forced || stream.isTTY === true), stream.columns ?? WIDTH_DEFAULT);
}

/**
 * What came off a wire, safe to show: control characters (an escape would command the terminal) become their picture.
 */
export function printable(text: string): string {
  return text
    .replace(/[\x00-\x1f]/g, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)))
    .replace(/[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** Cut to `width` characters with an ellipsis. Give it text without colour. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** `✓` or its kin: the colour of a result word. */
export function resultStyle(result: string, style: Style): (text: string) => string {
  if (result === "delivered" || result === "relayed" || result === "accept") return style.good;
  if (/^(?:failed|expired|refused|reject|dropped|mixed)$/.test(result)) return style.bad;
  return style.wait;
}
