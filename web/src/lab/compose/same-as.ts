/** The same message as a command line, quoted so that the shell reads nothing into it. Pure. */
import { addressList, headerFields, sendBody, type Letter } from "./letter.ts";

/** Where programs of this machine reach a door. */
export type Real = { readonly address: string; readonly port: string };

/** Limit: a command line that one can still read. */
const BASE64_SHOWN = 60;

/** Plain words stand as they are; anything else in single quotes. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** An option a line. */
function command(parts: readonly (readonly string[])[]): string {
  return parts.map((words) => words.map(quoted).join(" ")).join(" \\\n  ");
}

/** Those that have a value. */
function options(pairs: readonly (readonly [name: string, value: string])[]): string[][] {
  return pairs.filter(([, value]) => value !== "").map(([name, value]) => [name, value]);
}

/** `api` is where the lab answers: http://127.0.0.1:8066. */
export function asCurl(letter: Letter, api: string): string {
  const body = sendBody(letter);
  const { attachments } = body;
  const shown = attachments?.map((one) => ({ ...one, contentBase64: shorten(one.contentBase64) }));
  const json = JSON.stringify(shown === undefined ? body : { ...body, attachments: shown });
  return command([
    ["curl", "-s", `${api}/lab/v1/send`],
    ["--json", json],
  ]);
}

/** Undefined in a simulation, which nothing outside can reach. */
export function asSwaks(letter: Letter, real: Real | undefined): string | undefined {
  if (real === undefined) return undefined;
  const { from, subject, text, html, user, password, attachments } = letter;
  const header = headerOf(letter);
  const login = ["--tls", "--auth", "PLAIN", "--auth-user", user, "--auth-password", password];
  return command([
    ["swaks", "--server", real.address, "--port", real.port],
    ["--from", from === "" ? "<>" : from],
    ["--to", recipients(letter).join(",")],
    ["--h-From", header.from],
    ["--h-To", header.to],
    ["--h-Subject", subject],
    ...options([["--add-header", header.cc === "" ? "" : `Cc: ${header.cc}`]]),
    ...fieldLines(letter).map((field) => ["--add-header", field]),
    ...(html === "" ? [] : [["--add-header", "Content-Type: text/html; charset=utf-8"]]),
    ["--body", html === "" ? text : html],
    ...attachments.map(({ filename }) => ["--attach", `@${filename}`]),
    ...(user === "" ? [] : [login]),
  ]);
}

export function asPosthorn(letter: Letter): string {
  const { linked, from, server, port, subject, text, html, user, password, notify, attachments } = letter;
  const header = headerOf(letter);
  const cc = header.cc === "" ? [] : [`Cc: ${header.cc}`];
  const own = linked ? [] : [`From: ${header.from}`, `To: ${header.to}`, ...cc];
  return command([
    ["posthorn", "lab", "send"],
    ["--from", from],
    ["--to", addressList(letter.to).join(",")],
    ...options([
      ["--cc", linked ? addressList(letter.cc).join(",") : ""],
      ["--bcc", addressList(letter.bcc).join(",")],
      ["--server", server],
      ["--port", port],
    ]),
    ["--subject", subject],
    ["--body", text],
    ...options([["--html", html]]),
    ...[...own, ...fieldLines(letter)].map((field) => ["--header", field]),
    ...attachments.map(({ filename }) => ["--attach", filename]),
    ...options([
      ["--user", user],
      ["--password", user === "" ? "" : password],
      ["--notify", notify.join(",")],
    ]),
  ]);
}

function fieldLines({ fields }: Letter): string[] {
  return headerFields(fields).fields.map(([name, value]) => `${name}: ${value}`);
}

function recipients({ to, bcc, cc, linked }: Letter): string[] {
  return [...new Set([...addressList(to), ...(linked ? addressList(cc) : []), ...addressList(bcc)])];
}

function headerOf({ linked, from, to, headerFrom, headerTo, cc }: Letter): {
  from: string;
  to: string;
  cc: string;
} {
  const list = (text: string): string => addressList(text).join(", ");
  return { from: linked ? from : headerFrom, to: list(linked ? to : headerTo), cc: list(cc) };
}

function shorten(base64: string): string {
  return base64.length <= BASE64_SHOWN ? base64 : `${base64.slice(0, BASE64_SHOWN)}…`;
}
