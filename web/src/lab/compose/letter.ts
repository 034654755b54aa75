/** A letter on the form and what the API is asked with: the envelope and the header apart. Pure. */
import type { SendBody } from "../../../../src/lab/api/mail-routes.ts";

export type Attachment = {
  readonly filename: string;
  readonly contentType: string;
  readonly contentBase64: string;
};

export type Letter = {
  /** The envelope: what servers go by. Lists as a person writes them. */
  server: string;
  port: string;
  from: string;
  to: string;
  bcc: string;
  notify: readonly string[];
  user: string;
  password: string;
  /** The header says what the envelope says. */
  linked: boolean;
  /** The header: what people read. From and To count when it is not linked. */
  headerFrom: string;
  headerTo: string;
  cc: string;
  subject: string;
  /** "Name: value", a line each. */
  fields: string;
  text: string;
  html: string;
  attachments: readonly Attachment[];
};

/** Addresses of a list written with commas, semicolons or line ends; what is in brackets or quotes stays whole. */
export function addressList(text: string): string[] {
  const parts = text.match(/(?:"[^"]*"|\[[^\]]*\]|<[^>]*>|[^,;\n])+/g) ?? [];
  return parts.map((one) => one.trim()).filter((one) => one !== "");
}

/** Fields of the header box; the first line that is none is told by its number. */
export function headerFields(text: string): { fields: [string, string][]; wrong: number | undefined } {
  const fields: [string, string][] = [];
  let wrong: number | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const match = /^([!-9;-~]+):\s*(.*)$/.exec(line);
    if (match === null) wrong ??= index + 1;
    else fields.push([match[1] ?? "", match[2] ?? ""]);
  }
  return { fields, wrong };
}

/** What POST /send and /send/preview take; what is empty is left out. */
export function sendBody(letter: Letter): SendBody {
  const { server, port, from, user, password, notify, subject, text, html, attachments, linked } = letter;
  const [cc, bcc] = [addressList(letter.cc), addressList(letter.bcc)];
  const { fields } = headerFields(letter.fields);
  const headerFrom = letter.headerFrom.trim();
  const header = { from: headerFrom === "" ? null : headerFrom, to: addressList(letter.headerTo), cc };
  return {
    from,
    to: addressList(letter.to),
    ...(linked && cc.length > 0 ? { cc } : {}),
    ...(bcc.length > 0 ? { bcc } : {}),
    ...(linked ? {} : { header }),
    subject,
    text,
    ...(html === "" ? {} : { html }),
    ...(fields.length === 0 ? {} : { headers: fields }),
    ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
    ...(server === "" ? {} : { server }),
    ...(port === "" ? {} : { port: Number(port) }),
    ...(user === "" ? {} : { user, password }),
    ...(notify.length === 0 ? {} : { notify: notify as NonNullable<SendBody["notify"]> }),
  };
}
