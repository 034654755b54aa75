/**
 * TLS in the simulated world: no ciphers, but the same questions. The client looks at the identity the server shows
 * and judges names, dates and issuer by its own options. A pure function of its arguments; the words are those of
 * engine/sockets.
 */
import { X509Certificate } from "node:crypto";
import { canonicalIp } from "../../base/ip.ts";
import type { TlsClientOptions, TlsIdentity, TlsInfo } from "../../base/tls.ts";

const PROTOCOL = "TLSv1.3";
const CIPHER = "TLS_AES_256_GCM_SHA384";

/** An identity with nothing behind it but its description, made without the cost of keys. */
export function describeIdentity(facts: {
  names: readonly string[];
  issuer: string;
  notBefore: number;
  notAfter: number;
}): TlsIdentity {
  return { ...facts, certificatePem: "", privateKeyPem: "" };
}

const SIMULATED_AUTHORITY = "simulated authority ";

/** What a client in the simulated world is given as `caPem` to trust the issuer of that name. */
export function describeAuthority(name: string): string {
  return SIMULATED_AUTHORITY + name;
}

export function serverTlsInfo(client: TlsClientOptions): TlsInfo {
  const serverName = canonicalIp(client.serverName) === undefined ? client.serverName : undefined;
  return {
    protocol: PROTOCOL,
    cipher: CIPHER,
    serverName,
    verified: undefined,
    verifyError: undefined,
    peerNames: [],
    peerNotAfter: undefined,
  };
}

export function clientTlsInfo(client: TlsClientOptions, identity: TlsIdentity, now: number): TlsInfo {
  const verifyError = judgeIdentity(client, identity, now);
  return {
    protocol: PROTOCOL,
    cipher: CIPHER,
    serverName: client.serverName,
    verified: verifyError === undefined,
    verifyError,
    peerNames: identity.names,
    peerNotAfter: identity.notAfter,
  };
}

/** Why the certificate does not verify, to finish the sentence "the certificate of mail.example …". */
export function judgeIdentity(
  { serverName, verify }: TlsClientOptions,
  identity: TlsIdentity,
  now: number,
): string | undefined {
  if (!isIssuedBy(identity, typeof verify === "string" ? undefined : verify.caPem)) {
    return identity.issuer === identity.names[0]
      ? "is self-signed"
      : "comes from an authority that is not trusted";
  }
  if (now < identity.notBefore) return "is not valid yet";
  if (now > identity.notAfter) return "has expired";
  return identity.names.some((name) => nameMatches(name, serverName)) ? undefined : "is for other names";
}

function isIssuedBy(identity: TlsIdentity, caPem: string | undefined): boolean {
  if (caPem === undefined) return false;
  if (caPem.startsWith(SIMULATED_AUTHORITY))
    return caPem.slice(SIMULATED_AUTHORITY.length) === identity.issuer;
  const certificates = caPem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates.some((pem) => new X509Certificate(pem).subject.endsWith(`CN=${identity.issuer}`));
}

/** `*` stands for one whole label, the leftmost (RFC 9525 §6.3). */
function nameMatches(pattern: string, name: string): boolean {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const offered = pattern.toLowerCase();
  if (canonicalIp(wanted) !== undefined) return canonicalIp(offered) === canonicalIp(wanted);
  if (!offered.startsWith("*.")) return offered === wanted;
  const dot = wanted.indexOf(".");
  return dot > 0 && wanted.slice(dot) === offered.slice(1);
}
