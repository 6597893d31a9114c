import { expect, test } from "vitest";

import { HUES, hueOf, initialOf } from "./hue";

const NAMES = ["Ann", "Bob", "Leah", "Shlomo", "Maximiliane", "יהודה", "田中", "x", "😀", "ann2", "ann3", "Zoë"];

test("a hue is one of those that have a colour", () => {
  for (const name of NAMES) {
    expect(Number.isInteger(hueOf(name))).toBe(true);
    expect(hueOf(name)).toBeGreaterThanOrEqual(0);
    expect(hueOf(name)).toBeLessThan(HUES);
  }
});

test("who is called the same has the same hue", () => {
  expect(hueOf("ANN")).toBe(hueOf("ann"));
  expect(hueOf("Zoe\u0308")).toBe(hueOf("Zo\u00eb"));
});

test("names that differ little are spread over the hues", () => {
  const used = new Set(Array.from({ length: 60 }, (_, number) => hueOf(`guest${number}`)));
  expect(used.size).toBeGreaterThan(HUES - 2);
});

test.each([
  ["Ann", "A"],
  ["élodie", "É"],
  ["  (bob)", "B"],
  ["…", "·"],
  ["7 of 9", "7"],
  ["田中", "田"],
])("on the mark of %s stands %s", (name, initial) => {
  expect(initialOf(name)).toBe(initial);
});
