import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("theme.css", import.meta.url), "utf8");
const pairs = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\);/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, [light, dark] as const],
  ),
);

/** WCAG 2.2's relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function check(fore: string, back: string, least: number): void {
  for (const side of [0, 1] as const) {
    const [front, ground] = [pairs.get(fore)?.[side], pairs.get(back)?.[side]];
    assert.ok(front !== undefined && ground !== undefined, `theme.css has no pair for ${fore} or ${back}`);
    const found = contrast(front, ground);
    const which = `${fore} on ${back}, ${side === 0 ? "light" : "dark"}`;
    assert.ok(found >= least, `${which}: ${found.toFixed(2)} is under ${least}`);
  }
}

const GROUNDS = ["sunken", "ground", "surface", "raised", "hover", "chosen", "accent-soft"];
const MEANINGS = "ok wait fail info client server dns smtp queue bounce webhook accent".split(" ");

test("ink can be read on every surface (WCAG AA, 4.5:1)", () => {
  for (const ink of ["ink", "ink-2", "ink-3"]) for (const ground of GROUNDS) check(ink, ground, 4.5);
  check("on-accent", "accent-fill", 4.5);
  check("on-accent", "accent-fill-hover", 4.5);
});

test("every meaning can be read on its soft ground and on every surface", () => {
  for (const meaning of MEANINGS)
    for (const ground of [`${meaning}-soft`, ...GROUNDS]) check(meaning, ground, 4.5);
});

test("what can be used has an edge that can be seen (WCAG 1.4.11, 3:1)", () => {
  for (const ground of ["ground", "surface", "raised"])
    for (const line of ["line-control", "glow-ring"]) check(line, ground, 3);
});
