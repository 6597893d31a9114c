import { expect, test } from "vitest";

import { step } from "./roving";

test("arrows stop at the ends, Home and End go there", () => {
  expect(step("ArrowDown", 0, 3)).toBe(1);
  expect(step("ArrowDown", 2, 3)).toBe(2);
  expect(step("ArrowUp", 2, 3)).toBe(1);
  expect(step("ArrowUp", 0, 3)).toBe(0);
  expect(step("Home", 2, 3)).toBe(0);
  expect(step("End", 0, 3)).toBe(2);
});

test("other keys are left to the page", () => {
  expect(step("a", 0, 3)).toBeUndefined();
  expect(step("Tab", 0, 3)).toBeUndefined();
});
