import assert from "node:assert/strict";
import { test } from "node:test";
import { isTimeZone, startOfDay } from "./time-zone.ts";

const DAYS: readonly (readonly [zone: string, day: [number, number, number], begins: string, why: string])[] =
  [
    ["UTC", [2026, 3, 1], "2026-03-01T00:00:00.000Z", "as it stands"],
    ["Europe/Berlin", [2026, 3, 1], "2026-02-28T23:00:00.000Z", "an hour ahead in winter"],
    ["Europe/Berlin", [2026, 7, 1], "2026-06-30T22:00:00.000Z", "two in summer"],
    ["Europe/Berlin", [2026, 3, 29], "2026-03-28T23:00:00.000Z", "before the clocks go forward"],
    ["Europe/Berlin", [2026, 3, 30], "2026-03-29T22:00:00.000Z", "a day of 23 hours later"],
    ["America/New_York", [2026, 11, 2], "2026-11-02T05:00:00.000Z", "a day of 25 hours later"],
    ["Asia/Kathmandu", [2026, 1, 1], "2025-12-31T18:15:00.000Z", "quarters of an hour"],
    ["Pacific/Kiritimati", [2026, 1, 1], "2025-12-31T10:00:00.000Z", "fourteen hours ahead"],
    ["America/Sao_Paulo", [2018, 11, 4], "2018-11-04T03:00:00.000Z", "clocks jump over midnight"],
    ["America/Sao_Paulo", [2018, 2, 18], "2018-02-18T03:00:00.000Z", "the hour before midnight comes twice"],
    ["America/Havana", [2025, 11, 2], "2025-11-02T04:00:00.000Z", "the hour after midnight comes twice"],
    ["Africa/Monrovia", [1971, 6, 1], "1971-06-01T00:44:30.000Z", "offsets had seconds"],
    ["Europe/Berlin", [2026, 13, 1], "2026-12-31T23:00:00.000Z", "months count on"],
  ];

for (const [zone, day, begins, why] of DAYS)
  test(`in ${zone} ${day.join("-")} begins at ${begins}: ${why}`, () => {
    assert.equal(new Date(startOfDay(zone, ...day)).toISOString(), begins);
  });

test("what is no time zone is told from what is", () => {
  assert.deepEqual(["Europe/Berlin", "UTC", "Mars/Base", "", "a".repeat(60)].map(isTimeZone), [
    true,
    true,
    false,
    false,
    false,
  ]);
});
