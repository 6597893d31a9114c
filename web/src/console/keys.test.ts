import { expect, it } from "vitest";

import { keysOf } from "./keys";

it("is what the row is, and never the same twice", () => {
  const rows = [{ name: "a" }, { name: "b" }, { name: "a" }, { name: "a" }];
  expect(keysOf(rows, (row) => row.name)).toEqual(["a", "b", "a 1", "a 2"]);
});
