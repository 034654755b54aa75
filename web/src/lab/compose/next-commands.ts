/** What one may say next in an SMTP conversation: the legal commands of the phase, filled in. Pure. */
import type { DialogueState } from "../../../../src/lab/api/dialogue-routes.ts";

export type Suggestion = {
  readonly label: string;
  /** `login` opens the fields for it; `message` is the box below, sent as it is; `hangUp` needs no words. */
  readonly does: "line" | "login" | "message";
  readonly line?: string;
};

export type Fill = { readonly hello: string; readonly from: string; readonly to: string };

type Phase = DialogueState["phase"];

export function nextCommands(state: DialogueState, { hello, from, to }: Fill): Suggestion[] {
  const line = (text: string, label = text): Suggestion => ({ does: "line", label, line: text });
  const offers = (name: string): boolean => state.extensions.some((one) => one.split(" ")[0] === name);
  const canEncrypt = offers("STARTTLS") && state.tls === undefined;
  const canLogIn = !state.isLoggedIn && state.extensions.some((one) => /^AUTH\b.*\bPLAIN\b/.test(one));
  const byPhase: Record<Phase, Suggestion[]> = {
    greeting: [],
    hello: [line(`EHLO ${hello}`), line(`HELO ${hello}`), line("QUIT")],
    ready: [
      ...(canEncrypt ? [line("STARTTLS")] : []),
      ...(canLogIn ? [{ does: "login" as const, label: "AUTH PLAIN …" }] : []),
      line(`MAIL FROM:<${from}>`),
      line("NOOP"),
      line("QUIT"),
    ],
    envelope: [
      ...(state.recipients > 0 ? [line("DATA")] : []),
      line(`RCPT TO:<${to}>`),
      line("RSET"),
      line("QUIT"),
    ],
    content: [{ does: "message", label: "Send the message" }, line(".", "End it: .")],
    login: [line("*", "Give up: *")],
    closed: [],
  };
  return byPhase[state.phase];
}

/** What this phase is, in one sentence. */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  greeting: "The server speaks first.",
  hello: "Say who you are.",
  ready: "A message may begin, with its envelope's sender.",
  envelope: "Name the recipients, one at a time; then DATA.",
  content: "Now the message itself: header, an empty line, text. A dot alone on a line ends it.",
  login: "The server waits for the proof, in base64. It is not shown.",
  closed: "The connection is closed.",
};

/** A message that is well formed, to begin with. `now` in milliseconds. */
export function messageTemplate({ from, to, hello }: Fill, now: number): string {
  const date = new Date(now).toUTCString().replace("GMT", "+0000");
  return [
    `From: ${from}`,
    `To: ${to}`,
    "Subject: By hand",
    `Date: ${date}`,
    `Message-ID: <${now.toString(36)}@${hello}>`,
    "",
    "Hello,",
    "each of these lines was typed.",
  ].join("\n");
}

/** Lines of a message as they go over the wire; a dot in front gets another (RFC 5321 §4.5.2). */
export function messageLines(text: string, stuffDots: boolean): string[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  return stuffDots ? lines.map((one) => (one.startsWith(".") ? `.${one}` : one)) : lines;
}

/** The response of AUTH PLAIN (RFC 4616): base64 of NUL name NUL password, in UTF-8. */
export function authPlain(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`\0${user}\0${password}`);
  return `AUTH PLAIN ${btoa(String.fromCodePoint(...bytes))}`;
}
