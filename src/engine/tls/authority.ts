/**
 * A small certificate authority for labs and first starts: X.509 v3, ECDSA on P-256. Keys and signatures are made
 * by node:crypto. Bad dates and foreign names are issued as asked, since labs want them. Never fails.
 */
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { parseIp } from "../../base/ip.ts";
import type { Random } from "../../base/random.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import {
  derBits,
  derContext,
  derImplicit,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derTime,
  derTrue,
  derUtf8,
  toPem,
} from "./der.ts";

export type Authority = {
  readonly name: string;
  readonly certificatePem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
};

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
const IDENTITY_DAYS = 397; // what public authorities and clients accept at most
/** Peers' clocks differ: valid since yesterday. */
const SKEW_MS = DAY_MS;

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const OID = {
  commonName: "2.5.4.3",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;
const GENERAL_NAME = { dns: 2, address: 7 } as const;
/** RFC 5280 §4.2.1.3, counted from the top bit. */
const USAGE_DIGITAL_SIGNATURE = 0x80;
const USAGE_SIGN_CERTIFICATES_AND_LISTS = 0x06;

export function createAuthority(options: { name: string; random: Random; now: number }): Authority {
  const { privateKey, publicKey } = makeKeys();
  const authority = { name: options.name, certificatePem: "", privateKey, publicKey };
  const certificate = signCertificate(authority, {
    subject: options.name,
    publicKey,
    serial: options.random.bytes(16),
    notBefore: options.now - SKEW_MS,
    notAfter: options.now + AUTHORITY_DAYS * DAY_MS,
    extensions: [
      extension(OID.basicConstraints, true, derSequence(derTrue())),
      extension(OID.keyUsage, true, derBits(Uint8Array.of(USAGE_SIGN_CERTIFICATES_AND_LISTS), 1)),
      extension(OID.subjectKeyId, false, derOctets(keyId(publicKey))),
    ],
  });
  return { ...authority, certificatePem: toPem("CERTIFICATE", certificate) };
}

/** `names` are DNS names and addresses; the first is the common name too. Dates in ms since 1970 UTC. */
export type IdentityRequest = {
  readonly names: readonly string[];
  readonly random: Random;
  readonly now: number;
  readonly notBefore?: number;
  readonly notAfter?: number;
};

export function issueIdentity(authority: Authority, request: IdentityRequest): TlsIdentity {
  const { privateKey, publicKey } = makeKeys();
  return identityOf({ ...authority }, request, privateKey, publicKey, authority.certificatePem);
}

/** Vouches for itself: what a server has before anybody gave it a certificate. */
export function selfSignedIdentity(request: IdentityRequest): TlsIdentity {
  const { privateKey, publicKey } = makeKeys();
  const name = request.names[0] ?? "";
  return identityOf({ name, certificatePem: "", privateKey, publicKey }, request, privateKey, publicKey, "");
}

/** The same names, out of date since a day: what happens when nobody renews. */
export function issueExpired(authority: Authority, request: IdentityRequest): TlsIdentity {
  return issueIdentity(authority, {
    ...request,
    notBefore: request.now - 90 * DAY_MS,
    notAfter: request.now - DAY_MS,
  });
}

function identityOf(
  authority: Authority,
  request: IdentityRequest,
  privateKey: KeyObject,
  publicKey: KeyObject,
  chainPem: string,
): TlsIdentity {
  const notBefore = request.notBefore ?? request.now - SKEW_MS;
  const notAfter = request.notAfter ?? request.now + IDENTITY_DAYS * DAY_MS;
  const certificate = signCertificate(authority, {
    subject: request.names[0] ?? "",
    publicKey,
    serial: request.random.bytes(16),
    notBefore,
    notAfter,
    extensions: [
      extension(OID.basicConstraints, true, derSequence()),
      extension(OID.keyUsage, true, derBits(Uint8Array.of(USAGE_DIGITAL_SIGNATURE), 7)),
      extension(OID.extendedKeyUsage, false, derSequence(derOid(OID.serverAuth), derOid(OID.clientAuth))),
      extension(OID.subjectAltName, false, derSequence(...request.names.map(generalName))),
      extension(OID.subjectKeyId, false, derOctets(keyId(publicKey))),
      extension(OID.authorityKeyId, false, derSequence(derImplicit(0, keyId(authority.publicKey)))),
    ],
  });
  return {
    certificatePem: toPem("CERTIFICATE", certificate) + chainPem,
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    names: [...request.names],
    issuer: authority.name,
    notBefore,
    notAfter,
  };
}

type CertificateFacts = {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly serial: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Uint8Array[];
};

/** TBSCertificate and its signature (RFC 5280 §4.1). */
function signCertificate(authority: Authority, facts: CertificateFacts): Uint8Array {
  const algorithm = derSequence(derOid(ECDSA_WITH_SHA256));
  const toBeSigned = derSequence(
    derContext(0, derInteger(Uint8Array.of(2))), // v3
    derInteger(positive(facts.serial)),
    algorithm,
    distinguishedName(authority.name),
    derSequence(derTime(facts.notBefore), derTime(facts.notAfter)),
    distinguishedName(facts.subject),
    facts.publicKey.export({ type: "spki", format: "der" }),
    derContext(3, derSequence(...facts.extensions)),
  );
  const signature = sign("sha256", toBeSigned, authority.privateKey);
  return derSequence(toBeSigned, algorithm, derBits(signature));
}

function makeKeys(): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** A serial number is positive and not zero (RFC 5280 §4.1.2.2). */
function positive(serial: Uint8Array): Uint8Array {
  const bytes = serial.slice();
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function distinguishedName(commonName: string): Uint8Array {
  return derSequence(derSet(derSequence(derOid(OID.commonName), derUtf8(commonName))));
}

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return derSequence(derOid(oid), ...(critical ? [derTrue()] : []), derOctets(value));
}

function generalName(name: string): Uint8Array {
  const address = parseIp(name);
  return address === undefined
    ? derImplicit(GENERAL_NAME.dns, Buffer.from(name, "latin1"))
    : derImplicit(GENERAL_NAME.address, address);
}

/** The first method of RFC 5280 §4.2.1.2: SHA-1 over the key's bits, as a name, not as a proof. */
function keyId(publicKey: KeyObject): Uint8Array {
  const spki = publicKey.export({ type: "spki", format: "der" });
  const uncompressedPoint = spki.subarray(-65);
  return createHash("sha1").update(uncompressedPoint).digest();
}
