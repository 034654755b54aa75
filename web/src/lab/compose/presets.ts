/** Letters to begin with, each of which shows one thing. Pure. */
import type { Letter } from "./letter.ts";

export type Preset = { readonly id: string; readonly label: string; readonly says: string };
export type People = {
  readonly sender: string;
  readonly recipient: string;
  /** An address that a host takes mail for as a literal. */
  readonly literal: string | undefined;
};

export const PRESETS: readonly Preset[] = [
  {
    id: "ordinary",
    label: "Ordinary letter",
    says: "Envelope and header agree, as mail programs write it.",
  },
  {
    id: "spoofed",
    label: "Spoofed From",
    says: "People see the boss, servers see somebody else. SPF is content with the one it looks at; DMARC asks whether the two belong together.",
  },
  {
    id: "bcc",
    label: "Bcc",
    says: "A recipient of the envelope whom the header does not name: the others never learn of it.",
  },
  {
    id: "noFrom",
    label: "No From",
    says: "A letter must say whom it is from (RFC 5322 §3.6.2). Our servers refuse one that does not.",
  },
  {
    id: "big",
    label: "Big attachment",
    says: "Three megabytes. SIZE tells the server beforehand, so that it can refuse before any of it is sent.",
  },
  {
    id: "international",
    label: "International address",
    says: "An address beyond ASCII asks every hop for SMTPUTF8 (RFC 6531); one that has it not sends the letter back.",
  },
  {
    id: "receipt",
    label: "Delivery receipt wanted",
    says: "NOTIFY=SUCCESS: the sender is told when the letter has arrived (RFC 3461).",
  },
  {
    id: "literal",
    label: "To an address literal",
    says: "No name, no MX: straight to the address in brackets (RFC 5321 §4.1.3).",
  },
];

/** Three megabytes when decoded. */
const BIG_BASE64_CHARACTERS = 4_000_000;

function ordinary({ sender, recipient }: People, server: string): Letter {
  return {
    server,
    port: "",
    from: sender,
    to: recipient,
    bcc: "",
    notify: [],
    user: "",
    password: "",
    linked: true,
    headerFrom: sender,
    headerTo: recipient,
    cc: "",
    subject: "Hello from the lab",
    fields: "",
    text: "Hello,\nthis is an ordinary letter.\n",
    html: "",
    attachments: [],
  };
}

export function presetLetter(id: string, people: People, server: string): Letter {
  const plain = ordinary(people, server);
  const domain = people.recipient.split("@")[1] ?? "lab.test";
  switch (id) {
    case "spoofed":
      return {
        ...plain,
        linked: false,
        headerFrom: `The boss <ceo@${domain}>`,
        subject: "Urgent: gift cards",
        text: "Please buy some.\n",
      };
    case "bcc":
      return {
        ...plain,
        bcc: people.sender,
        subject: "Between us",
        text: "The blind copy is nowhere in here.\n",
      };
    case "noFrom":
      return { ...plain, linked: false, headerFrom: "", subject: "From nobody" };
    case "big": {
      const contentBase64 = "A".repeat(BIG_BASE64_CHARACTERS);
      const zeros = { filename: "zeros.bin", contentType: "application/octet-stream", contentBase64 };
      return { ...plain, subject: "A big one", attachments: [zeros] };
    }
    case "international":
      return { ...plain, to: `jürgen@${domain}`, subject: "Grüße aus dem Labor" };
    case "receipt":
      return { ...plain, notify: ["SUCCESS", "FAILURE"], subject: "Tell me when it is there" };
    case "literal":
      return { ...plain, to: `drop@[${people.literal ?? "10.66.0.1"}]`, subject: "Straight to an address" };
    default:
      return plain;
  }
}
