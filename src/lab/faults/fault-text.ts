/** A fault as the lab file would have it: one line of YAML under `faults:`. */
import { stringify } from "yaml";
import type { FaultEntry } from "./fault.ts";

/** `- { id: busy, at: kerio.smtp.RCPT, do: { reply: 450 4.2.1 busy } }`; the id stands first whatever the entry's order. */
export function faultText(id: string | undefined, entry: FaultEntry): string {
  const ordered = {
    ...(id === undefined ? {} : { id }),
    at: entry["at"],
    ...(isEmpty(entry["when"]) ? {} : { when: entry["when"] }),
    do: entry["do"],
  };
  return `- ${stringify(ordered, { collectionStyle: "flow", lineWidth: 0 }).trim()}`;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  );
}
