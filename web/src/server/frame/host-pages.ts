/** The pages of a host in the order of their navigation: the end of the address, the word, the keys that go there. */
export const hostPages: readonly (readonly [path: string, label: string, keys: string])[] = [
  ["", "Overview", "g o"],
  ["domains", "Domains", "g d"],
  ["accounts", "Accounts", "g a"],
  ["aliases", "Aliases", "g i"],
  ["connectors", "Connectors", "g c"],
  ["queue", "Queue", "g q"],
  ["sessions", "Sessions", "g e"],
  ["search", "Search", "g f"],
  ["settings", "Settings", "g t"],
  ["dns", "DNS", "g n"],
  ["changes", "Changes", "g h"],
];
