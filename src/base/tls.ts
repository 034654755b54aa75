/** TLS as the house sees it: who we are, whom we trust, what was agreed. The handshake itself is an engine's. */

/** A certificate with its key. The descriptive fields repeat what the PEM says, so that a simulated world need not parse it. */
export type TlsIdentity = {
  readonly certificatePem: string; // leaf first, then what leads to the root
  readonly privateKeyPem: string;
  readonly names: readonly string[]; // DNS names and addresses it is valid for
  readonly issuer: string;
  readonly notBefore: number; // ms since 1970 UTC
  readonly notAfter: number;
};

export type TlsServerOptions = {
  readonly role: "server";
  readonly identity: TlsIdentity;
  readonly timeoutMs: number;
};

export type TlsClientOptions = {
  readonly role: "client";
  /** The name the certificate must carry, and SNI. */
  readonly serverName: string;
  /** "none": encrypt with whoever is there (opportunistic, RFC 7435). Else the certificate must verify. */
  readonly verify: "none" | "system" | { readonly caPem: string };
  readonly timeoutMs: number;
};

export type TlsInfo = {
  readonly protocol: string; // "TLSv1.3"
  readonly cipher: string;
  readonly serverName: string | undefined;
  /** Client side: whether the peer's certificate verifies, and if not, why. Undefined on the server side. */
  readonly verified: boolean | undefined;
  readonly verifyError: string | undefined;
  readonly peerNames: readonly string[];
  readonly peerNotAfter: number | undefined;
  /** What only the two ends of this very connection know (RFC 9266, tls-exporter); only of TLS 1.3. */
  readonly exporter?: Uint8Array | undefined;
};
