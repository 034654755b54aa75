/** The mechanisms there are, best first. A new one (EXTERNAL, OAUTHBEARER) is a file beside this one and a line here. */
import { LOGIN_SERVER, loginClient } from "./login.ts";
import type { SaslClientMechanism, SaslServerMechanism } from "./mechanism.ts";
import { PLAIN_SERVER, plainClient } from "./plain.ts";
import { scramClient, scramPlusServer, scramServer } from "./scram.ts";

/** Those to be offered: where others may listen, only the ones that do not say the password. `binding`: TLS's exporter. */
export function offeredMechanisms(
  plaintext: boolean,
  binding?: Uint8Array | undefined,
): readonly SaslServerMechanism[] {
  const scram = binding === undefined ? [SCRAM_SERVER] : [scramPlusServer(binding), scramServer(binding)];
  return plaintext ? [...scram, PLAIN_SERVER, LOGIN_SERVER] : scram;
}

const SCRAM_SERVER = scramServer(undefined);

export type ClientSecrets = { readonly username: string; readonly password: string; readonly nonce: string };

/** The best of those the server offers; undefined when none may be used on this link. */
export function chooseMechanism(
  offered: readonly string[],
  { username, password, nonce }: ClientSecrets,
  plaintext: boolean,
): SaslClientMechanism | undefined {
  const known = [
    scramClient(username, password, nonce),
    plainClient(username, password),
    loginClient(username, password),
  ];
  return known.find((mechanism) => offered.includes(mechanism.name) && (plaintext || !mechanism.plaintext));
}
