/**
 * Parameters of MAIL and RCPT as values. Each keyword belongs to an extension; an unknown one, one twice, or one whose
 * value is wrong is refused with the reply it deserves. Never throws.
 *
 *     esmtp-param   = esmtp-keyword [ "=" esmtp-value ]                        ; RFC 5321 §4.1.2
 *     esmtp-keyword = ( ALPHA / DIGIT ) *( ALPHA / DIGIT / "-" )
 *     esmtp-value   = 1*( %d33-60 / %d62-126 )                                 ; no "=", no space
 */
import { err, ok, type Result } from "../../base/result.ts";
import { reply, type SmtpReply } from "./reply.ts";
import { parseXtext } from "./xtext.ts";

export type MailParameters = {
  sizeBytes: number | undefined; // SIZE (RFC 1870)
  body: "7BIT" | "8BITMIME" | "BINARYMIME"; // BODY (RFC 6152, RFC 3030)
  smtputf8: boolean; // RFC 6531
  ret: "FULL" | "HDRS" | undefined; // RFC 3461 §4.3
  envid: string | undefined; // RFC 3461 §4.4, decoded
  auth: string | undefined; // RFC 4954 §5, decoded; "<>" for unknown
};

export type Notify = "NEVER" | "SUCCESS" | "FAILURE" | "DELAY";

export type RcptParameters = {
  notify: readonly Notify[] | undefined; // RFC 3461 §4.1
  orcpt: string | undefined; // RFC 3461 §4.2, decoded
};

// Limit: RFC 3461 §4.2 and §4.4: an ORCPT of 500 and an ENVID of 100 characters.
const ORCPT_LENGTH_MAX = 500;
const ENVID_LENGTH_MAX = 100;

/** One keyword's reader: sets what it read, or says what it wanted. */
type Reader<T> = (into: T, value: string | undefined) => string | undefined;

const MAIL_READERS: Readonly<Record<string, Reader<MailParameters>>> = {
  SIZE(into, value) {
    if (value === undefined || !/^\d{1,20}$/.test(value)) return "SIZE=bytes";
    into.sizeBytes = Number(value);
    return undefined;
  },
  BODY(into, value) {
    const body = value?.toUpperCase();
    if (body !== "7BIT" && body !== "8BITMIME" && body !== "BINARYMIME")
      return "BODY=7BIT, 8BITMIME or BINARYMIME";
    into.body = body;
    return undefined;
  },
  SMTPUTF8(into, value) {
    if (value !== undefined) return "SMTPUTF8 without a value";
    into.smtputf8 = true;
    return undefined;
  },
  RET(into, value) {
    const ret = value?.toUpperCase();
    if (ret !== "FULL" && ret !== "HDRS") return "RET=FULL or RET=HDRS";
    into.ret = ret;
    return undefined;
  },
  ENVID(into, value) {
    const envid = value === undefined ? undefined : parseXtext(value);
    if (envid === undefined || envid === "" || envid.length > ENVID_LENGTH_MAX)
      return "ENVID=xtext of up to 100";
    into.envid = envid;
    return undefined;
  },
  AUTH(into, value) {
    const auth = value === undefined ? undefined : parseXtext(value);
    if (auth === undefined || auth === "") return "AUTH=mailbox in xtext, or AUTH=<>";
    into.auth = auth;
    return undefined;
  },
};

const RCPT_READERS: Readonly<Record<string, Reader<RcptParameters>>> = {
  NOTIFY(into, value) {
    const words = value?.toUpperCase().split(",") ?? [];
    const good = words.every((word) => /^(?:NEVER|SUCCESS|FAILURE|DELAY)$/.test(word));
    if (!good || words.length === 0 || (words.includes("NEVER") && words.length > 1)) {
      return "NOTIFY=NEVER, or any of SUCCESS,FAILURE,DELAY";
    }
    into.notify = words as Notify[];
    return undefined;
  },
  ORCPT(into, value) {
    const typed = /^([!-*,-:<>-~]+);(.+)$/.exec(value ?? "");
    // Lenient: with addr-type utf-8 the value may be plain UTF-8 (RFC 6533 §3), which is no xtext.
    const address = /^utf-8$/i.test(typed?.[1] ?? "") ? typed?.[2] : parseXtext(typed?.[2] ?? "");
    if (typed === null || address === undefined || (value ?? "").length > ORCPT_LENGTH_MAX)
      return "ORCPT=type;xtext";
    into.orcpt = `${typed[1]};${address}`;
    return undefined;
  },
};

export function parseMailParameters(text: string): Result<MailParameters, SmtpReply> {
  const into: MailParameters = {
    sizeBytes: undefined,
    body: "7BIT",
    smtputf8: false,
    ret: undefined,
    envid: undefined,
    auth: undefined,
  };
  return parseParameters(text, MAIL_READERS, into);
}

export function parseRcptParameters(text: string): Result<RcptParameters, SmtpReply> {
  const into: RcptParameters = { notify: undefined, orcpt: undefined };
  return parseParameters(text, RCPT_READERS, into);
}

function parseParameters<T>(
  text: string,
  readers: Readonly<Record<string, Reader<T>>>,
  into: T,
): Result<T, SmtpReply> {
  if (text === "") return ok(into);
  const seen = new Set<string>();
  for (const word of text.split(" ")) {
    if (word === "") continue;
    const equals = word.indexOf("=");
    const keyword = (equals === -1 ? word : word.slice(0, equals)).toUpperCase();
    const value = equals === -1 ? undefined : word.slice(equals + 1);
    if (!/^[A-Z0-9][A-Z0-9-]*$/.test(keyword))
      return err(reply(501, "5.5.4", "a parameter is not well formed"));
    const reader = Object.hasOwn(readers, keyword) ? readers[keyword] : undefined;
    if (reader === undefined)
      return err(reply(555, "5.5.4", `the parameter ${keyword.slice(0, 32)} is not known here`));
    if (seen.has(keyword)) return err(reply(501, "5.5.4", `the parameter ${keyword} stands twice`));
    seen.add(keyword);
    const wanted = reader(into, value);
    if (wanted !== undefined) return err(reply(501, "5.5.4", `write ${wanted}`));
  }
  return ok(into);
}
