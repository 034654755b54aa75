/** How people are called in lists: short where many stand together, whole where one does. Pure. */
export type Person = { readonly name: string; readonly address: string };

export function fullName({ name, address }: Person): string {
  return name === "" ? address : name;
}

/** The first word of a name that is not an address; for an address what stands before the @. */
export function firstName(person: Person): string {
  const name = fullName(person);
  if (name.includes("@")) return name.slice(0, name.indexOf("@")) || name;
  const comma = /^[^,]+,\s*(\S+)/.exec(name);
  return comma?.[1] ?? name.split(/\s+/, 1)[0] ?? name;
}

/** "Ann Baker", "Ann, Bob, me", "Ann … Carl". `me`: addresses that are one's own. */
export function peopleText(people: readonly Person[], isMe: (address: string) => boolean): string {
  if (people.length === 0) return "(nobody)";
  const [only] = people;
  const short = (person: Person): string => (isMe(person.address) ? "me" : firstName(person));
  if (people.length === 1 && only !== undefined) return isMe(only.address) ? "me" : fullName(only);
  const long = (person: Person): string => (isMe(person.address) ? "me" : fullName(person));
  if (people.length === 2) return people.map(long).join(", ");
  if (people.length === 3) return people.map(short).join(", ");
  const last = people.slice(-2);
  return [short(people[0] as Person), "…", ...last.map(short)].join(" ").replace(/ (?=\S+$)/, ", ");
}

/** "Ann Baker <ann@x>", or the address alone. */
export function addressText({ name, address }: Person): string {
  return name === "" ? address : `${name} <${address}>`;
}

/** One or two letters for a mark. */
export function initialsOf(person: Person): string {
  const words = fullName(person)
    .replace(/(?<=.)@.*$/, "")
    .replaceAll(/[^\p{L}\p{N}\s.@-]/gu, "")
    .split(/[\s.@-]+/)
    .filter(Boolean);
  return (
    words
      .slice(0, 2)
      .map((word) => [...word][0] ?? "")
      .join("")
      .toUpperCase() || "?"
  );
}
