/**
 * Where a fault stands, as text and as a value. Text that is no place gives a message that lists what is one.
 *
 *     place = host ".smtp." point / host ".dns" / end "->" end / host
 *     end   = host / "you" / "*"                      ; the person at the keyboard, anybody
 */
import { err, ok, type Result } from "../../base/result.ts";
import type { InterceptPoint } from "../../protocol/smtp/interception.ts";
import type { FaultEvent } from "./fault.ts";

export const SMTP_POINTS = [
  "CONNECT",
  "EHLO",
  "STARTTLS",
  "AUTH",
  "MAIL",
  "RCPT",
  "DATA",
  "EOD",
  "QUIT",
] as const satisfies readonly InterceptPoint[];

export type FaultPlace =
  | { readonly kind: "smtp"; readonly host: string; readonly point: InterceptPoint }
  | { readonly kind: "dns"; readonly host: string }
  | { readonly kind: "link"; readonly from: string; readonly to: string }
  | { readonly kind: "host"; readonly host: string };

export type PlaceKind = FaultPlace["kind"];

const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const FORMS = "kerio.smtp.RCPT, dc.dns, presto->edge, or a host such as kerio";

export function parseFaultPlace(text: string): Result<FaultPlace, string> {
  const ends = text.split("->").map((end) => end.trim());
  const [from = "", to = ""] = ends;
  if (ends.length === 2 && [from, to].every((end) => end === "*" || HOST.test(end)))
    return ok({ kind: "link", from, to });
  const [host = "", door, point, ...more] = text.split(".");
  if (!HOST.test(host) || more.length > 0) return err(`"${text}" is no place for a fault: write ${FORMS}`);
  if (door === undefined) return ok({ kind: "host", host });
  if (door === "dns" && point === undefined) return ok({ kind: "dns", host });
  if (door !== "smtp") return err(`"${text}" is no place for a fault: write ${FORMS}`);
  const known = SMTP_POINTS.find((one) => one === point?.toUpperCase());
  if (known !== undefined) return ok({ kind: "smtp", host, point: known });
  return err(`"${text}" names no point of a conversation; points: ${SMTP_POINTS.join(", ")}`);
}

export function formatFaultPlace(place: FaultPlace | FaultEvent): string {
  switch (place.kind) {
    case "smtp":
      return `${place.host}.smtp.${place.point}`;
    case "dns":
      return `${place.host}.dns`;
    case "link":
      return `${place.from}->${place.to}`;
    case "host":
      return place.host;
  }
}

/** The hosts a place names; `*` and `you` are none. */
export function placeHosts(place: FaultPlace): string[] {
  const named = place.kind === "link" ? [place.from, place.to] : [place.host];
  return named.filter((name) => name !== "*" && !(place.kind === "link" && name === "you"));
}

/**
 * A fault at a host meets every link that leads to it. A host that is down or a black hole (`isCutOff`) does not reach
 * others either.
 */
export function standsAt(place: FaultPlace, event: FaultEvent, isCutOff: boolean): boolean {
  if (event.kind === "link") {
    if (place.kind === "host") return place.host === event.to || (isCutOff && place.host === event.from);
    if (place.kind !== "link") return false;
    return meets(place.from, event.from) && meets(place.to, event.to);
  }
  if (place.kind !== event.kind || place.host !== event.host) return false;
  return place.kind !== "smtp" || event.kind !== "smtp" || place.point === event.point;
}

function meets(end: string, host: string): boolean {
  return end === "*" || end === host;
}
