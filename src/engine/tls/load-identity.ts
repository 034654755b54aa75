/**
 * Reads a certificate and its key from PEM files and checks that they belong together, so that a wrong file is
 * named at the start and not by the first client. Fails with Fault "tls" or the disk's own, naming the file.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { Fault } from "../../base/fault.ts";
import type { Files } from "../../base/files.ts";
import type { TlsIdentity } from "../../base/tls.ts";

export async function loadIdentity(
  files: Files,
  certificatePath: string,
  privateKeyPath: string,
): Promise<TlsIdentity> {
  const certificatePem = await readText(files, certificatePath, "certificate");
  const privateKeyPem = await readText(files, privateKeyPath, "private key");
  const certificate = parseCertificate(certificatePath, certificatePem);
  const key = parseKey(privateKeyPath, privateKeyPem);
  if (!certificate.checkPrivateKey(key)) {
    throw new Fault(
      "tls",
      `the key in ${privateKeyPath} does not belong to the certificate in ${certificatePath}`,
    );
  }
  return {
    certificatePem,
    privateKeyPem,
    names: subjectNamesOf(certificate),
    issuer: commonName(certificate.issuer),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}

async function readText(files: Files, path: string, what: string): Promise<string> {
  const bytes = await files.readFile(path);
  if (bytes === undefined) throw new Fault("tls", `there is no ${what} at ${path}`);
  return Buffer.from(bytes).toString("utf8");
}

function parseCertificate(path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Fault("tls", `${path} holds no PEM certificate (-----BEGIN CERTIFICATE-----)`, { cause });
  }
}

function parseKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Fault("tls", `${path} holds no PEM private key that is readable without a passphrase`, {
      cause,
    });
  }
}

function subjectNamesOf(certificate: X509Certificate): string[] {
  const names = (certificate.subjectAltName ?? "")
    .split(", ")
    .map((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1])
    .filter((name) => name !== undefined);
  return names.length > 0 ? names : [commonName(certificate.subject)];
}

/** The common name in a distinguished name that node prints one attribute a line. */
export function commonName(distinguishedName: string): string {
  return /^CN=(.*)$/m.exec(distinguishedName)?.[1] ?? distinguishedName;
}
