import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerQuestion, indexZones } from "./lookup.ts";
import { formatRdata } from "./rdata.ts";
import type { QuestionTypeName, ResourceRecord } from "./record.ts";
import { reverseZones } from "./reverse.ts";
import { formatRecord, parseZoneFile } from "./zone-file.ts";
import { lintZones } from "./zone-lints.ts";
import { createZone, type Zone } from "./zone.ts";

function read(origin: string, text: string): string[] {
  const parsed = parseZoneFile(text, { origin });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value.records.map((record) => formatRecord(record).replaceAll("\t", " "));
}

function load(origin: string, text: string): Zone {
  const parsed = parseZoneFile(text, { origin });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return createZone(origin, parsed.value.records);
}

describe("a zone file", () => {
  const GOOD: [string, string, string[]][] = [
    ["takes @ and relative names under the origin", "@ 60 MX 10 mx", ["e.test. 60 IN MX 10 mx.e.test."]],
    ["takes absolute names as they are", "e.test. 60 NS ns.other.org.", ["e.test. 60 IN NS ns.other.org."]],
    [
      "keeps the owner for a line that begins with a blank",
      "mx 60 A 10.66.0.1\n   60 AAAA fd66:0::1",
      ["mx.e.test. 60 IN A 10.66.0.1", "mx.e.test. 60 IN AAAA fd66::1"],
    ],
    [
      "reads TTL and class in either order",
      "a IN 1h A 10.0.0.1\nb 1h IN A 10.0.0.2",
      ["a.e.test. 3600 IN A 10.0.0.1", "b.e.test. 3600 IN A 10.0.0.2"],
    ],
    ["takes $TTL for what follows", "$TTL 1d12h\na A 10.0.0.1", ["a.e.test. 129600 IN A 10.0.0.1"]],
    ["moves under $ORIGIN", "$ORIGIN sub\na 1 A 10.0.0.1", ["a.sub.e.test. 1 IN A 10.0.0.1"]],
    [
      "joins lines in parentheses, comments within",
      "@ 60 SOA ns host ( 1 ; serial\n 2h\n 15m 2w\n 1m ) ; end",
      ["e.test. 60 IN SOA ns.e.test. host.e.test. 1 7200 900 1209600 60"],
    ],
    [
      "keeps blanks, semicolons and quotes in strings",
      '@ 1 TXT "a b;c" d "\\"e\\200"',
      ['e.test. 1 IN TXT "a b;c" "d" "\\"e\\200"'],
    ],
    ["keeps a dot inside a label", "john\\.doe 1 A 10.0.0.1", ["john\\.doe.e.test. 1 IN A 10.0.0.1"]],
    ["knows the null MX", "@ 1 MX 0 .", ["e.test. 1 IN MX 0 ."]],
    ["reads a known type in the generic form", "a 1 TYPE1 \\# 4 0A000001", ["a.e.test. 1 IN A 10.0.0.1"]],
    ["reads an unknown type", "a 1 TYPE65280 \\# 3 abcdef", ["a.e.test. 1 IN TYPE65280 \\# 3 ABCDEF"]],
    [
      "falls back on the SOA's minimum",
      "@ SOA ns h 1 2 3 4 77",
      ["e.test. 77 IN SOA ns.e.test. h.e.test. 1 2 3 4 77"],
    ],
    [
      "reads service parameters",
      'w 1 HTTPS 1 . port=443 alpn="h2,h3"',
      ['w.e.test. 1 IN HTTPS 1 . alpn="h2,h3" port=443'],
    ],
  ];
  for (const [name, text, expected] of GOOD)
    test(name, () => assert.deepEqual(read("e.test", text), expected));

  const BAD: [string, string, number, number, RegExp][] = [
    ["an address that is none", "\na A 10.66.0.300", 2, 5, /IPv4/],
    ["a type that is none", "a 60 MXX 10 mx", 1, 6, /record type/],
    ["a missing field", "@ MX 10", 1, 8, /exchanger/],
    ["a field too many", "@ MX 10 a b", 1, 11, /end of the record/],
    ["$INCLUDE", "$INCLUDE other.zone", 1, 1, /the records themselves/],
    ["an unclosed parenthesis", "@ SOA a b ( 1 2 3", 1, 11, /"\)"/],
    ["an unclosed quote", '@ TXT "abc', 1, 7, /same line/],
    ["a name outside the zone", "other.org. A 10.0.0.1", 1, 1, /under e\.test\./],
    ["a line that begins with a blank and has no owner before it", "  A 10.0.0.1", 1, 3, /name/],
    ["a second SOA", "@ SOA a b 1 2 3 4 5\n@ SOA a b 1 2 3 4 5", 2, 3, /one SOA/],
    ["another class", "@ CH TXT x", 1, 3, /IN/],
    ["a generic form of the wrong length", "a A \\# 3 0A0000", 1, 5, /A record/],
  ];
  for (const [name, text, line, column, expected] of BAD) {
    test(`refuses ${name}, and says where`, () => {
      const parsed = parseZoneFile(text, { origin: "e.test" });
      assert.ok(!parsed.ok);
      const [problem] = parsed.error;
      assert.deepEqual([problem?.line, problem?.column], [line, column]);
      assert.match(problem?.expected ?? "", expected);
    });
  }

  test("shows all its mistakes at once", () => {
    const parsed = parseZoneFile("a A x\nb A 10.0.0.1\nc MX y z", { origin: "e.test" });
    assert.deepEqual(parsed.ok ? [] : parsed.error.map(({ line }) => line), [1, 3]);
  });
});

describe("lints", () => {
  const CASES: [string, string, string, string[]][] = [
    ["an MX that points to an alias", "e.test", "@ MX 1 a\na CNAME b\nb A 10.0.0.1", ["mxToCname"]],
    ["an MX that points to an address", "e.test", "@ MX 1 10.66.0.1", ["mxToAddress"]],
    ["an alias beside other data", "e.test", "a CNAME b\na A 10.0.0.1", ["cnameBesideOthers"]],
    ["a zone under .local", "corp.local", "@ MX 1 a", ["localName"]],
    ["a missing dot", "e.test", "@ MX 1 mx.e.test", ["missingDot"]],
    ["nothing in a sound zone", "e.test", "@ MX 1 mx\nmx A 10.0.0.1\n@ TXT e.test", []],
  ];
  for (const [name, origin, text, kinds] of CASES) {
    test(`name ${name}`, () => {
      const parsed = parseZoneFile(text, { origin });
      assert.ok(parsed.ok);
      const lints = [...parsed.value.lints, ...lintZones([createZone(origin, parsed.value.records)])];
      assert.deepEqual(
        lints.map(({ kind }) => kind),
        kinds,
      );
      for (const { rfc } of lints) assert.match(rfc, /^RFC \d+ §/);
    });
  }
});

test("an exchanger whose address leads back to no name is named, where the reverse zone is ours", () => {
  const zones = [
    load("e.test", "@ MX 1 mx\nmx A 10.66.0.1"),
    load("66.10.in-addr.arpa", "2.0 PTR mx.e.test."),
  ];
  assert.deepEqual(
    lintZones(zones).map(({ kind, name }) => [kind, name]),
    [["missingPtr", "mx.e.test"]],
  );
  const named = load("66.10.in-addr.arpa", "1.0 PTR mx.e.test.");
  assert.deepEqual(lintZones([zones[0] as Zone, named]), []);
});

describe("a lookup", () => {
  const zones = [
    load(
      "e.test",
      `$TTL 300
@ SOA ns host 1 2 3 4 60
@ MX 10 mx
mx A 10.66.0.1
mx AAAA fd66::1
a.b.c TXT deep
*.wild MX 5 mx
x.y.wild A 10.66.0.2
alias CNAME mx
out CNAME far.other.org.
into CNAME host.sub.e.test.
gone CNAME nowhere
l1 CNAME l2
l2 CNAME l1
sub NS ns.sub
sub DS 1 8 2 ABCD
ns.sub A 10.66.0.3
own NS ns.own
Mixed A 10.66.0.9`,
    ),
    load("own.e.test", "@ A 10.66.0.5"),
  ];
  const ask = (name: string, type: QuestionTypeName) =>
    answerQuestion(indexZones(zones), { name, type, class: "IN" });
  const show = (records: readonly ResourceRecord[]): string[] =>
    records.map(({ name, data }) => `${name} ${data.type} ${formatRdata(data)}`);

  const CASES: [string, string, QuestionTypeName, string, string, string[]][] = [
    ["finds records", "e.test", "MX", "answer", "NOERROR", ["e.test MX 10 mx.e.test."]],
    ["does not care for case", "MIXED.E.test", "A", "answer", "NOERROR", ["Mixed.e.test A 10.66.0.9"]],
    ["tells no data", "mx.e.test", "MX", "noData", "NOERROR", []],
    ["tells no name", "no.e.test", "A", "nxdomain", "NXDOMAIN", []],
    ["knows a name that only leads to others", "b.c.e.test", "A", "noData", "NOERROR", []],
    [
      "makes a wildcard's record",
      "q.r.wild.e.test",
      "MX",
      "answer",
      "NOERROR",
      ["q.r.wild.e.test MX 5 mx.e.test."],
    ],
    ["tells no data at a wildcard", "q.wild.e.test", "TXT", "noData", "NOERROR", []],
    ["lets a name that exists hide the wildcard", "z.y.wild.e.test", "MX", "nxdomain", "NXDOMAIN", []],
    [
      "follows an alias",
      "alias.e.test",
      "AAAA",
      "answer",
      "NOERROR",
      ["alias.e.test CNAME mx.e.test.", "mx.e.test AAAA fd66::1"],
    ],
    [
      "shows an alias that is asked for",
      "alias.e.test",
      "CNAME",
      "answer",
      "NOERROR",
      ["alias.e.test CNAME mx.e.test."],
    ],
    [
      "tells that an alias leads to no name",
      "gone.e.test",
      "A",
      "nxdomain",
      "NXDOMAIN",
      ["gone.e.test CNAME nowhere.e.test."],
    ],
    [
      "stops where aliases go round",
      "l1.e.test",
      "A",
      "answer",
      "NOERROR",
      ["l1.e.test CNAME l2.e.test.", "l2.e.test CNAME l1.e.test."],
    ],
    ["refers to a delegated zone", "host.sub.e.test", "A", "referral", "NOERROR", []],
    [
      "holds the DS of a delegated zone itself",
      "sub.e.test",
      "DS",
      "answer",
      "NOERROR",
      ["sub.e.test DS 1 8 2 ABCD"],
    ],
    [
      "prefers the deeper of two own zones",
      "own.e.test",
      "A",
      "answer",
      "NOERROR",
      ["own.e.test A 10.66.0.5"],
    ],
    ["gives one set to ANY", "mx.e.test", "ANY", "answer", "NOERROR", ["mx.e.test A 10.66.0.1"]],
    ["refuses what is nobody's", "example.org", "A", "notOurs", "REFUSED", []],
  ];
  for (const [title, name, type, kind, rcode, answers] of CASES) {
    test(title, () => {
      const answer = ask(name, type);
      assert.deepEqual([answer.kind, answer.rcode, show(answer.answers)], [kind, rcode, answers]);
      if (kind === "noData" || kind === "nxdomain")
        assert.deepEqual(
          answer.authorities.map(({ data, ttlSeconds }) => [data.type, ttlSeconds]),
          [["SOA", 60]],
        );
    });
  }

  test("gives glue with a referral, and no authority", () => {
    const answer = ask("host.sub.e.test", "A");
    assert.equal(answer.authoritative, false);
    assert.deepEqual(show(answer.authorities), ["sub.e.test NS ns.sub.e.test."]);
    assert.deepEqual(show(answer.additionals), ["ns.sub.e.test A 10.66.0.3"]);
  });

  test("says where an alias leaves the zones", () => {
    assert.equal(ask("out.e.test", "A").continueAt, "far.other.org");
  });

  test("adds the addresses of exchangers", () => {
    assert.deepEqual(show(ask("e.test", "MX").additionals), [
      "mx.e.test A 10.66.0.1",
      "mx.e.test AAAA fd66::1",
    ]);
  });

  test("finds the names of addresses in reverse zones", () => {
    const records = zones.flatMap((zone) =>
      [...zone.names.values()].flatMap((sets) => [...sets.values()].flat()),
    );
    const index = indexZones(reverseZones(records));
    const reverse = (name: string) => show(answerQuestion(index, { name, type: "PTR", class: "IN" }).answers);
    assert.deepEqual(reverse("1.0.66.10.in-addr.arpa"), ["1.0.66.10.in-addr.arpa PTR mx.e.test."]);
    const six = `1.${"0.".repeat(27)}6.6.d.f.ip6.arpa`;
    assert.deepEqual(reverse(six), [`${six} PTR mx.e.test.`]);
    assert.equal(
      answerQuestion(index, { name: "77.0.66.10.in-addr.arpa", type: "PTR", class: "IN" }).kind,
      "nxdomain",
    );
  });
});
