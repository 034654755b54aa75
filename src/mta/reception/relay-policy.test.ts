import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMailbox, parsePath } from "../../message/address/path.ts";
import { replyText } from "../../protocol/smtp/reply.ts";
import { hostSettingsSchema } from "../../settings/check-settings.ts";
import { probeForms, probeOpenRelay } from "./open-relay-probe.ts";
import { createRelayPolicy } from "./relay-policy.ts";

const BASE = {
  hostname: "edge.nemesis.test",
  addresses: ["10.66.0.21"],
  domains: {
    "nemesis.test": "local",
    "listed.test": { kind: "relay", recipients: ["bob@listed.test"] },
    "all.test": { kind: "local", catchAll: "ann@nemesis.test" },
  },
  aliases: {
    "team@nemesis.test": ["ann@nemesis.test", "bob@far.test"],
    "loop@nemesis.test": "loop@nemesis.test",
  },
  relayFrom: ["10.66.0.0/24"],
};
const ACCOUNTS = ["ann@nemesis.test"];

function parse(address: string) {
  const parsed = parseMailbox(address);
  return parsed.ok ? parsed.value : undefined;
}

function ask(
  recipient: string,
  from: string,
  more: object = {},
  account?: string,
  service: "smtp" | "submission" = "smtp",
): string {
  const settings = hostSettingsSchema.parse({ ...BASE, ...more });
  const policy = createRelayPolicy(settings, (name) => ACCOUNTS.find((one) => one === name.toLowerCase()));
  const mailbox = parse(recipient);
  assert.ok(mailbox !== undefined, recipient);
  const verdict = policy({ remote: { address: from, port: 1 }, account, service }, mailbox);
  return verdict.accept
    ? `${verdict.addresses.join(" ")} (${verdict.reason.rule})`
    : replyText(verdict.reply);
}

test("who may send where", () => {
  const stranger = "192.0.2.1";
  assert.equal(ask("ann@nemesis.test", stranger), "ann@nemesis.test (local recipient)");
  assert.equal(ask("nobody@nemesis.test", stranger), "550 5.1.1 <nobody@nemesis.test>: no such mailbox here");
  assert.equal(ask("bob@far.test", stranger), "550 5.7.1 <bob@far.test>: relaying denied");
  assert.equal(ask("bob@far.test", "10.66.0.90"), "bob@far.test (10.66.0.90 may relay)");
  assert.equal(ask("bob@far.test", stranger, {}, "ann"), "bob@far.test (authenticated as ann)");
  assert.equal(
    ask("bob@far.test", "10.66.0.90", { authentication: { required: true } }),
    "530 5.7.0 Authentication required",
  );
  assert.equal(
    ask("ann@nemesis.test", stranger, {}, undefined, "submission"),
    "530 5.7.0 Authentication required",
  );
  assert.equal(ask("bob@listed.test", stranger), "bob@listed.test (relay domain)");
  assert.equal(ask("eve@listed.test", stranger), "550 5.1.1 <eve@listed.test>: no such recipient");
  assert.equal(ask("any@all.test", stranger), "any@all.test (local recipient)");
  assert.equal(ask("team@nemesis.test", stranger), "ann@nemesis.test bob@far.test (alias)");
  assert.equal(ask("loop@nemesis.test", stranger), "loop@nemesis.test (alias)");
});

test("mail for the host itself, by short name or address, is for the mailboxes that are at home there", () => {
  const stranger = "198.51.100.1";
  for (const domain of ["[10.66.0.21]", "10.66.0.21", "edge", "EDGE"]) {
    assert.match(ask(`ann@${domain}`, stranger), /^ann@\S+ \(local recipient\)$/, domain);
    assert.equal(ask(`team@${domain}`, stranger), "ann@nemesis.test bob@far.test (alias)", domain);
    assert.match(ask(`eve@${domain}`, stranger), /^550 5\.1\.1 /, domain);
  }
  for (const domain of ["[10.66.0.22]", "other", "edge.nemesis.test"])
    assert.match(ask(`ann@${domain}`, stranger), /relaying denied/, domain);
  assert.match(ask("ann@edge", stranger, { domains: { "nemesis.test": "relay" } }), /relaying denied/);
});

test("the fifteen classic probes find a closed relay closed", () => {
  const settings = hostSettingsSchema.parse(BASE);
  const policy = createRelayPolicy(settings, () => undefined);
  assert.deepEqual(probeOpenRelay(settings, policy), []);
  assert.equal(probeForms("a.test", "192.0.2.2").length, 15);
});

test("the probe finds an open relay, and each form that parses is one a stranger can use", () => {
  const settings = hostSettingsSchema.parse({ ...BASE, relayFrom: ["0.0.0.0/0"] });
  const carried = probeOpenRelay(
    settings,
    createRelayPolicy(settings, () => undefined),
  );
  assert.ok(
    carried.some((form) => form.startsWith("<victim@probe.invalid> from 192.0.2.1")),
    carried.join("\n"),
  );
  assert.ok(probeForms("a.test", "192.0.2.2").filter((form) => parsePath(form).ok).length >= 9);
});

test("a connector's webhook or folder is a mailbox of our own domains, and of no others", () => {
  const stranger = "192.0.2.1";
  const program = { connectors: [{ to: "parser@*", webhook: "http://127.0.0.1:3000/in" }] };
  assert.equal(ask("parser@nemesis.test", stranger, program), "parser@nemesis.test (local recipient)");
  assert.match(ask("ghost@nemesis.test", stranger, program), /^550 5\.1\.1/);
  assert.match(ask("parser@far.test", stranger, program), /^550 5\.7\.1/);
  const ofSome = { connectors: [{ to: "*", from: "*@far.test", drop: "./Drop" }] };
  assert.match(ask("parser@nemesis.test", stranger, ofSome), /^550 5\.1\.1/);
});
