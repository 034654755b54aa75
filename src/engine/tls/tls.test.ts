import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isFault } from "../../base/fault.ts";
import { seededRandom } from "../../base/random.ts";
import { createDiskFiles } from "../files/disk-files.ts";
import { createAuthority, issueExpired, issueIdentity, selfSignedIdentity } from "./authority.ts";
import { loadIdentity } from "./load-identity.ts";

const random = seededRandom(1);
const now = Date.now();
const authority = createAuthority({ name: "Lab Root", random, now });
const NAMES = ["mail.nemesis.test", "*.nemesis.test", "10.66.0.21", "fd66::21"];
const identity = issueIdentity(authority, { names: NAMES, random, now });

const folder = await mkdtemp(join(tmpdir(), "posthorn-tls-"));
test.after(() => rm(folder, { recursive: true }));

test("a certificate carries its names and is signed by its authority", () => {
  const root = new X509Certificate(authority.certificatePem);
  const leaf = new X509Certificate(identity.certificatePem);
  assert.equal(root.ca, true);
  assert.equal(leaf.ca, false);
  assert.ok(leaf.verify(root.publicKey));
  assert.ok(leaf.checkIssued(root));
  assert.ok(root.verify(root.publicKey));
  assert.equal(leaf.checkHost("mail.nemesis.test"), "mail.nemesis.test");
  assert.equal(leaf.checkHost("edge.nemesis.test"), "*.nemesis.test");
  assert.equal(leaf.checkHost("arch.test"), undefined);
  assert.equal(leaf.checkIP("10.66.0.21"), "10.66.0.21");
  assert.equal(leaf.checkIP("fd66::21"), "fd66::21");
  assert.equal(Math.floor(identity.notAfter / 1000), Math.floor(Date.parse(leaf.validTo) / 1000));
});

test("dates past 2049 are written as general time", () => {
  const far = selfSignedIdentity({ names: ["far.test"], random, now, notAfter: Date.UTC(2060, 0, 1) });
  assert.equal(new X509Certificate(far.certificatePem).validTo, "Jan  1 00:00:00 2060 GMT");
});

test("openssl agrees about good, expired and self-signed certificates", async () => {
  if (!existsSync("/usr/bin/openssl")) {
    // The same is asked of node's own OpenSSL in engine/sockets, by handshakes.
    assert.ok(new X509Certificate(identity.certificatePem).verify(authority.publicKey));
    return;
  }
  const verify = async (pem: string): Promise<string> => {
    await writeFile(join(folder, "root.pem"), authority.certificatePem);
    await writeFile(join(folder, "leaf.pem"), pem);
    const args = ["verify", "-x509_strict", "-CAfile", join(folder, "root.pem"), join(folder, "leaf.pem")];
    try {
      return execFileSync("/usr/bin/openssl", args, { encoding: "utf8", stdio: "pipe" });
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  assert.match(await verify(identity.certificatePem), /leaf\.pem: OK/);
  assert.match(
    await verify(issueExpired(authority, { names: NAMES, random, now }).certificatePem),
    /certificate has expired/,
  );
  assert.match(
    await verify(selfSignedIdentity({ names: NAMES, random, now }).certificatePem),
    /self[- ]signed certificate/,
  );
});

test("an identity is read from its files, and a wrong file is named", async () => {
  const files = createDiskFiles();
  const certificatePath = join(folder, "mail.crt");
  const keyPath = join(folder, "mail.key");
  const otherKeyPath = join(folder, "other.key");
  await writeFile(certificatePath, identity.certificatePem);
  await writeFile(keyPath, identity.privateKeyPem);
  await writeFile(otherKeyPath, selfSignedIdentity({ names: ["x.test"], random, now }).privateKeyPem);
  const loaded = await loadIdentity(files, certificatePath, keyPath);
  assert.equal(loaded.issuer, "Lab Root");
  assert.deepEqual(loaded.names, [
    "mail.nemesis.test",
    "*.nemesis.test",
    "10.66.0.21",
    "FD66:0:0:0:0:0:0:21",
  ]);
  const wrong = [
    [certificatePath, otherKeyPath, /other\.key does not belong/],
    [keyPath, keyPath, /mail\.key holds no PEM certificate/],
    [certificatePath, certificatePath, /mail\.crt holds no PEM private key/],
    [join(folder, "none.crt"), keyPath, /there is no certificate at .*none\.crt/],
  ] as const;
  for (const [certificate, key, message] of wrong) {
    await assert.rejects(
      loadIdentity(files, certificate, key),
      (error) => isFault(error, "tls") && message.test(error.message),
    );
  }
});
