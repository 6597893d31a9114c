import { expect, it } from "vitest";

import type { Said } from "../../model/types";
import { meaningOf } from "./keys";

const pressed = (key: string, over: object = {}) =>
  meaningOf.bind(null, { key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...over });
const theirs = { own: false } as Said;
const own = { own: true } as Said;

it.each([
  ["ArrowUp", null, "before"],
  ["ArrowDown", theirs, "next"],
  ["Home", null, "first"],
  ["End", own, "last"],
  ["Escape", own, "leave"],
  ["c", theirs, "copy"],
  ["c", null, null],
  ["r", theirs, "quote"],
  ["e", theirs, null],
  ["e", own, "edit"],
  ["Delete", theirs, null],
  ["Delete", own, "ask"],
  ["x", own, null],
])("%s", (key, said, meaning) => {
  expect(pressed(key)(said)).toBe(meaning);
});

it("leaves keys with others held to the browser", () => {
  for (const held of ["altKey", "ctrlKey", "metaKey", "shiftKey"])
    expect(pressed("c", { [held]: true })(own)).toBeNull();
});
