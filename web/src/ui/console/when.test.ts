import { expect, it } from "vitest";

import { clockText, whenText } from "./when";

const at = new Date(2026, 10, 20, 9, 5, 7).getTime();

it("is a time of day today, and a day before", () => {
  expect(whenText(at, at + 60_000, "en-GB")).toBe("09:05");
  expect(whenText(at, at + 86_400_000, "en-GB")).toBe("20 Nov");
});

it("has seconds in the log", () => {
  expect(clockText(at)).toBe("09:05:07");
});
