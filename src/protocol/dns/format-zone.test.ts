import assert from "node:assert/strict";
import { test } from "node:test";
import { formatZone } from "./format-zone.ts";
import { formatRecord, parseZoneFile } from "./zone-file.ts";
import { createZone, type Zone, zoneRecords } from "./zone.ts";

function zoneOf(text: string, origin = "arch.test"): Zone {
  const parsed = parseZoneFile(text, { origin });
  assert.ok(parsed.ok, parsed.ok ? "" : JSON.stringify(parsed.error));
  return createZone(origin, parsed.value.records);
}

const recordsOf = (zone: Zone): string[] => [...zoneRecords(zone)].map(formatRecord).sort();

const ODD = `$TTL 300
@          SOA  ns hostmaster 7 7200 900 1209600 60
           NS   ns
           MX   20 backup
           MX   5 mail.nemesis.test.
           TXT  "v=spf1 mx -all" "quote \\" and \\; here"
mail  60   A    10.66.0.11
           AAAA fd66::11
ns         A    10.66.0.53
*.wild     CNAME mail
a\\.b       A    10.66.0.12
_imap._tcp SRV  0 1 143 mail
odd        TYPE65280 \\# 3 0A0B0C
_443._tcp.mail TLSA 3 1 1 ABCDEF
`;

test("what is written as a zone file is read back as the same zone", () => {
  const zone = zoneOf(ODD);
  const text = formatZone(zone);
  assert.deepEqual(recordsOf(zoneOf(text)), recordsOf(zone), text);
  assert.equal(formatZone(zoneOf(text)), text, "and is written the same again");
});

test("the top comes first, each owner once, exchangers by preference", () => {
  const text = formatZone(
    zoneOf("@ 300 MX 20 b\n@ 300 MX 10 a\na 300 A 10.66.0.1\nx.a 300 A 10.66.0.2\nb 60 A 10.66.0.3\n"),
  );
  assert.equal(
    text,
    `$ORIGIN arch.test.
$TTL 300
@   3600 SOA ns.arch.test. hostmaster.arch.test. 1 7200 900 1209600 60
    MX  10 a.arch.test.
    MX  20 b.arch.test.
a   A   10.66.0.1
x.a A   10.66.0.2
b   60 A   10.66.0.3
`,
  );
});
