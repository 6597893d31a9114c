import { expect, test } from "vitest";

import { best, fit } from "./rank";

const asIs = (name: string): string => name;

test("the better a name fits, the earlier it stands", () => {
  const names = ["alpine", "a new lab", "zlab", "lab", "labour", "l-a-b"];
  expect(best(names, asIs, "lab", 10)).toEqual(["lab", "labour", "a new lab", "zlab", "l-a-b"]);
});

test("case and accents do not count", () => {
  expect(fit("Café Zürich", "cafe z")).toBe(fit("cafe zurich", "cafe z"));
  expect(fit("ÉLODIE", "elo")).toBeGreaterThan(0);
});

test("who typed nothing is shown all, in their order, as far as there is room", () => {
  expect(best(["b", "a", "c"], asIs, "  ", 2)).toEqual(["b", "a"]);
});

test("letters in another order do not fit", () => {
  expect(fit("lab", "bal")).toBe(0);
  expect(fit("lab", "labs")).toBe(0);
});
