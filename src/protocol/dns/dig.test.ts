import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explainReply } from "./dig-explain.ts";
import { formatDig, formatDigShort, parseDigArguments } from "./dig.ts";
import { queryMessage } from "./message.ts";
import type { Message } from "./message.ts";
import type { QuestionTypeName } from "./record.ts";
import { parseZoneFile } from "./zone-file.ts";

function reply(name: string, type: QuestionTypeName, answers: string, more: Partial<Message> = {}): Message {
  const records = parseZoneFile(answers, { origin: "." });
  assert.ok(records.ok, JSON.stringify(records));
  const edns = { version: 0, udpSizeBytes: 1232, dnssecOk: false, options: [] };
  const query = queryMessage(4711, { name, type, class: "IN" }, edns);
  return { ...query, response: true, authoritative: true, answers: records.value.records, ...more };
}

describe("dig", () => {
  const GOOD: [string, object][] = [
    ["e.test", { name: "e.test", type: "A" }],
    ["e.test mx @10.66.0.53 -p 5300", { name: "e.test", type: "MX", server: "10.66.0.53", port: 5300 }],
    [
      "@dc e.test TYPE99 +short +tcp",
      { name: "e.test", type: "TYPE99", server: "dc", short: true, tcp: true },
    ],
    ["-x 10.66.0.21", { name: "21.0.66.10.in-addr.arpa", type: "PTR" }],
    ["bücher.test MX", { name: "xn--bcher-kva.test", type: "MX" }],
    ["", { name: ".", type: "NS" }],
  ];
  for (const [line, expected] of GOOD) {
    test(`understands "${line}"`, () => {
      const parsed = parseDigArguments(line.split(" ").filter(Boolean));
      const base = { server: undefined, port: undefined, tcp: false, short: false };
      assert.deepEqual(parsed, { ok: true, value: { ...base, ...expected } });
    });
  }
  const BAD: [string, RegExp][] = [
    ["e.test -p 99999", /port/],
    ["-x nonsense", /address/],
    ["e.test WHAT", /record type/],
    ["e.test +nonsense", /option/],
    ["a..b", /domain name/],
  ];
  for (const [line, expected] of BAD) {
    test(`says what is wrong with "${line}"`, () => {
      const parsed = parseDigArguments(line.split(" "));
      assert.match(parsed.ok ? "" : parsed.error, expected);
    });
  }

  test("lays an answer out as dig does", () => {
    const message = reply(
      "e.test",
      "MX",
      "e.test. 300 MX 10 mx.e.test.\na-name-longer-than-three-tabs.e.test. 5 A 10.0.0.1",
    );
    const text = formatDig(message, {
      args: ["e.test", "MX"],
      server: { address: "127.0.0.1", port: 5300 },
      transport: "udp",
      durationMs: 0,
      sizeBytes: 55,
      nowMs: Date.UTC(2026, 10, 3, 22, 23, 21),
      version: "1.0",
    });
    assert.deepEqual(text.split("\n"), [
      "",
      "; <<>> posthorn dig 1.0 <<>> e.test MX",
      ";; global options: +cmd",
      ";; Got answer:",
      ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4711",
      ";; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1",
      ";; WARNING: recursion requested but not available",
      "",
      ";; OPT PSEUDOSECTION:",
      "; EDNS: version: 0, flags:; udp: 1232",
      ";; QUESTION SECTION:",
      ";e.test.\t\t\t\tIN\tMX",
      "",
      ";; ANSWER SECTION:",
      "e.test.\t\t\t300\tIN\tMX\t10 mx.e.test.",
      "a-name-longer-than-three-tabs.e.test. 5\tIN A\t10.0.0.1",
      "",
      ";; Query time: 0 msec",
      ";; SERVER: 127.0.0.1#5300(127.0.0.1) (UDP)",
      ";; WHEN: Tue Nov 03 22:23:21 UTC 2026",
      ";; MSG SIZE  rcvd: 55",
      "",
      "",
    ]);
    assert.equal(formatDigShort(message), "10 mx.e.test.\n10.0.0.1\n");
  });
});

describe("an explanation", () => {
  const CASES: [string, Message, RegExp][] = [
    [
      "orders exchangers",
      reply("e.test", "MX", "e.test. 1 MX 20 c.\ne.test. 1 MX 10 a.\ne.test. 1 MX 10 b."),
      /a\. or b\. in any order \(10\), then c\. \(20\)/,
    ],
    ["knows the null MX", reply("e.test", "MX", "e.test. 1 MX 0 ."), /RFC 7505/],
    ["tells what mail does without MX", reply("e.test", "MX", ""), /A or AAAA address.*RFC 5321 §5\.1/],
    [
      "warns of an alias behind an MX",
      reply("e.test", "MX", "e.test. 1 MX 1 w.\nw. 1 CNAME x."),
      /Warning.*RFC 2181 §10\.3/,
    ],
    [
      "warns of an address behind an MX",
      reply("e.test", "MX", "e.test. 1 MX 1 10.66.0.1."),
      /Warning.*address/,
    ],
    [
      "names aliases",
      reply("w.test", "A", "w.test. 1 CNAME x.test.\nx.test. 1 A 10.0.0.1"),
      /w\.test\. is an alias/,
    ],
    ["says that a name does not exist", reply("w.test", "A", "", { rcode: "NXDOMAIN" }), /does not exist/],
    ["says that mail waits on SERVFAIL", reply("w.test", "A", "", { rcode: "SERVFAIL" }), /tried again/],
    ["says that a cut answer comes whole by TCP", reply("w.test", "A", "", { truncated: true }), /\+tcp/],
  ];
  for (const [name, message, expected] of CASES)
    test(name, () => assert.match(explainReply(message).join("\n"), expected));
});
