/** The meanings that have a colour (theme.css). A tone never speaks alone: a word or an icon says the same. */
export type Tone =
  | "neutral"
  | "accent"
  | "ok"
  | "wait"
  | "fail"
  | "info"
  | "client"
  | "server"
  | "dns"
  | "smtp"
  | "queue"
  | "bounce"
  | "webhook";

export const tones: readonly Tone[] = [
  "neutral",
  "accent",
  "ok",
  "wait",
  "fail",
  "info",
  "client",
  "server",
  "dns",
  "smtp",
  "queue",
  "bounce",
  "webhook",
];

/** CSS for `style`: `--tone` for text and marks, `--tone-soft` for grounds. */
export function toneStyle(tone: Tone): string {
  if (tone === "neutral") return "--tone:var(--ink-2);--tone-soft:var(--sunken)";
  return `--tone:var(--${tone});--tone-soft:var(--${tone}-soft)`;
}
