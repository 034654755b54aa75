/** The scenarios built in, in order, and how to run one. */
import { directDelivery } from "./01-direct-delivery.ts";
import { noMx } from "./02-no-mx.ts";
import { mxPreference } from "./03-mx-preference.ts";
import { nullMx } from "./04-null-mx.ts";
import { mxToAliasOrAddress } from "./05-mx-to-alias-or-address.ts";
import { subDomain } from "./06-sub-domain.ts";
import { chainedRelay } from "./07-chained-relay.ts";
import { smarthost } from "./08-smarthost.ts";
import { openRelayProbe } from "./09-open-relay-probe.ts";
import { greylisting } from "./10-greylisting.ts";
import { hostDown } from "./11-host-down.ts";
import { unknownUser } from "./12-unknown-user.ts";
import { mailLoop } from "./13-mail-loop.ts";
import { starttlsStripped } from "./15-starttls-stripped.ts";
import { literalToWebhook } from "./16-literal-to-webhook.ts";
import { strictness } from "./17-strictness.ts";
import { rateLimit } from "./18-rate-limit.ts";
import { splitRecipients } from "./19-split-recipients.ts";
import { bcc } from "./20-bcc.ts";
import { dnsFailures } from "./21-dns-failures.ts";
import { smtputf8 } from "./22-smtputf8.ts";
import type { Scenario } from "./scenario.ts";

export { runScenario, type RunOptions } from "./run-scenario.ts";
export type { Assertion, Check, Scenario, ScenarioResult, Stage } from "./scenario.ts";

const SCENARIOS: readonly Scenario[] = [
  directDelivery,
  noMx,
  mxPreference,
  nullMx,
  mxToAliasOrAddress,
  subDomain,
  chainedRelay,
  smarthost,
  openRelayProbe,
  greylisting,
  hostDown,
  unknownUser,
  mailLoop,
  starttlsStripped,
  literalToWebhook,
  strictness,
  rateLimit,
  splitRecipients,
  bcc,
  dnsFailures,
  smtputf8,
];

export function listScenarios(): Scenario[] {
  return [...SCENARIOS];
}
