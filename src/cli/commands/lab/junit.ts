/** Scenario results as JUnit's XML, which build servers read: a suite for each scenario, a case for each assertion. Pure. */
import type { ScenarioResult } from "../../../lab/scenarios/scenario.ts";

export function formatJunit(results: readonly ScenarioResult[]): string {
  const suites = results.map(({ number, name, assertions, durationMs }) => {
    const failures = assertions.filter(({ passed }) => !passed).length;
    const cases = assertions.map(({ text, passed, detail }) => {
      const head = `    <testcase classname="${escapeXml(name)}" name="${escapeXml(text)}"`;
      if (passed) return `${head}/>`;
      return `${head}><failure message="${escapeXml(detail ?? "it does not hold")}"/></testcase>`;
    });
    const facts = `tests="${assertions.length}" failures="${failures}" time="${(durationMs / 1000).toFixed(3)}"`;
    return [`  <testsuite name="${number} ${escapeXml(name)}" ${facts}>`, ...cases, "  </testsuite>"].join(
      "\n",
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="posthorn">\n${suites.join("\n")}\n</testsuites>\n`;
}

/** What XML 1.0 cannot carry at all (control characters of a reply) becomes `?`. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "?")
    .replace(/[&<>"\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
