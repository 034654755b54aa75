/** The services a door may offer: one line each, with the port and the TLS that programs expect of it. */

export type Service = "smtp" | "submission" | "lmtp" | "imap" | "imaps" | "pop3" | "pop3s" | "http" | "https";

type ServiceFacts = {
  readonly port: number;
  readonly tls: "offer" | "implicit" | "off";
  /** For the documentation of the settings. */
  readonly about: string;
};

export const SERVICES: Readonly<Record<Service, ServiceFacts>> = {
  smtp: { port: 25, tls: "offer", about: "mail from anybody for our domains." },
  submission: {
    port: 587,
    tls: "offer",
    about: "mail from our users, who must authenticate (RFC 6409).",
  },
  lmtp: { port: 24, tls: "offer", about: "RFC 2033." },
  imap: { port: 143, tls: "offer", about: "mailboxes, for mail programs (RFC 9051)." },
  imaps: { port: 993, tls: "implicit", about: "the same, TLS from the first byte (RFC 8314)." },
  pop3: { port: 110, tls: "offer", about: "INBOX, for programs that fetch it (RFC 1939)." },
  pop3s: { port: 995, tls: "implicit", about: "the same, TLS from the first byte (RFC 8314)." },
  https: { port: 443, tls: "implicit", about: "webmail, administration and their APIs, for browsers." },
  http: { port: 80, tls: "off", about: "the same without TLS: for this machine, or behind a proxy." },
};

/** Stands in a door's endpoint for "the service's own". */
export const SERVICE_PORT = -1;
