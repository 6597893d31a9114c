import { expect, test } from "vitest";

import { fill } from "./fill";

test("fields come in place of their names", () => {
  expect(fill('Name "{name}" is taken.', { name: "{Ann}" })).toBe('Name "{Ann}" is taken.');
  expect(fill("{length} of {limit}", { length: 12, limit: 10 })).toBe("12 of 10");
});

test("a sentence with a hole is none", () => {
  expect(fill("At most {limit}.", {})).toBeUndefined();
  expect(fill(undefined, { limit: 1 })).toBeUndefined();
});
