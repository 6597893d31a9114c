import { expect, it } from "vitest";

import { markOf, toneOf } from "./tones";

it("never colours what has no mark", () => {
  for (const kind of [
    "said",
    "changed",
    "refused",
    "missed",
    "stopped",
    "given_up",
    "operator",
    "sent_out",
    "left",
    "unheard of",
  ]) {
    if (toneOf(kind)) expect(markOf(kind)).not.toBe("");
  }
  expect(toneOf("said")).toBe("");
  expect(toneOf("unheard of")).toBe("");
});
