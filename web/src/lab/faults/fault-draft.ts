/** A fault as a form holds it, all of it text, and the entry that the lab file would have. Pure. */
import type { FaultForm } from "../../../../src/lab/api/fault-form.ts";

export type PlaceKind = keyof FaultForm["places"];
export type Often = "always" | "first" | "nth" | "every" | "chance";

export type FaultDraft = {
  place: PlaceKind;
  host: string;
  point: string;
  from: string;
  to: string;
  /** A key of `do`, and its value; a flag has none. */
  action: string;
  value: string;
  often: Often;
  count: string;
  /** How long it goes on: `for`. */
  lasting: string;
  /** Further conditions: keys of `when`. */
  when: Record<string, string>;
  id: string;
};

/** Actions that are either there or not. */
export const FLAGS: readonly string[] = ["drop", "reset", "down", "blackhole", "truncate"];
/** Conditions that `often` stands for. */
export const COUNTED: readonly string[] = ["n", "every", "chance"];
/** Limit: `first 1000` is a list of a thousand numbers. */
const FIRST_MAX = 1_000;

export function newDraft(form: FaultForm, over: Partial<FaultDraft> = {}): FaultDraft {
  const { smtp, link } = form.places;
  return {
    place: "smtp",
    host: smtp.hosts[0] ?? "",
    point: "RCPT",
    from: link.ends[0] ?? "*",
    to: link.ends[1] ?? "*",
    action: "reply",
    value: "450 4.2.1 busy",
    often: "always",
    count: "2",
    lasting: "",
    when: {},
    id: "",
    ...over,
  };
}

export function placeText({ place, host, point, from, to }: FaultDraft): string {
  if (place === "smtp") return `${host}.smtp.${point}`;
  if (place === "dns") return `${host}.dns`;
  return place === "link" ? `${from}->${to}` : host;
}

/** What may stand at the place of a draft. */
export function fitting(
  { places }: FaultForm,
  { place, point }: Pick<FaultDraft, "place" | "point">,
): { readonly matchers: readonly string[]; readonly actions: readonly string[] } {
  if (place !== "smtp") return places[place];
  return places.smtp.points.find((one) => one.point === point) ?? { matchers: [], actions: [] };
}

/** The form's hosts for a place, and what it may do there: a draft that moved to another place is mended. */
export function mendDraft(form: FaultForm, draft: FaultDraft): FaultDraft {
  const { place } = draft;
  const hosts = place === "link" ? [] : form.places[place].hosts;
  const host = hosts.length === 0 || hosts.includes(draft.host) ? draft.host : (hosts[0] ?? "");
  const { actions, matchers } = fitting(form, draft);
  const fits = actions.includes(draft.action);
  const action = fits ? draft.action : (actions.find((one) => one !== "for" && one !== "ratelimit") ?? "");
  const value = fits ? draft.value : (SAMPLES[action] ?? "");
  const when = Object.fromEntries(Object.entries(draft.when).filter(([key]) => matchers.includes(key)));
  return { ...draft, host, action, value, when };
}

/** What a field holds at first, so that it shows how it is written. */
export const SAMPLES: Readonly<Record<string, string>> = {
  reply: "450 4.2.1 busy",
  delay: "30s",
  throttle: "1KB/s",
  slice: "1",
  limit: "10KB",
  hide: "STARTTLS",
  tls: "strip",
  rcode: "SERVFAIL",
  wrong: "A 10.66.0.99",
  ratelimit: "2/1m",
};

export function toEntry(draft: FaultDraft): Record<string, unknown> {
  const { id, action, value, lasting } = draft;
  const when = { ...oftenOf(draft), ...conditionsOf(draft.when) };
  const what: Record<string, unknown> =
    action === "" ? {} : { [action]: FLAGS.includes(action) ? true : value.trim() };
  if (lasting.trim() !== "") what["for"] = lasting.trim();
  return {
    ...(id.trim() === "" ? {} : { id: id.trim() }),
    at: placeText(draft),
    ...(Object.keys(when).length === 0 ? {} : { when }),
    do: what,
  };
}

function oftenOf({ often, count }: FaultDraft): Record<string, unknown> {
  const number = Number(count);
  if (often === "first") {
    const last = Math.min(FIRST_MAX, Number.isInteger(number) ? number : 0);
    return { n: Array.from({ length: last }, (_, i) => i + 1) };
  }
  if (often === "nth") return { n: list(count).map(Number) };
  if (often === "every") return { every: number };
  return often === "chance" ? { chance: number } : {};
}

function conditionsOf(when: Readonly<Record<string, string>>): Record<string, unknown> {
  const given = Object.entries(when).filter(([, text]) => text.trim() !== "");
  return Object.fromEntries(
    given.map(([key, text]) => {
      const words = key === "from" || key === "to" ? list(text) : [text.trim()];
      return [key, words.length === 1 ? words[0] : words];
    }),
  );
}

function list(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** The draft that places a fault here: a host, a name server, `presto->edge`. */
export function draftAt(form: FaultForm, place: string, over: Partial<FaultDraft> = {}): FaultDraft {
  const [from = "", to] = place.split("->");
  if (to !== undefined)
    return newDraft(form, { place: "link", from, to, action: "tls", value: "strip", ...over });
  const { smtp, dns } = form.places;
  if (smtp.hosts.includes(place)) return newDraft(form, { host: place, ...over });
  if (dns.hosts.includes(place))
    return newDraft(form, { place: "dns", host: place, action: "rcode", value: "SERVFAIL", ...over });
  return newDraft(form, { place: "host", host: place, action: "down", value: "", ...over });
}
