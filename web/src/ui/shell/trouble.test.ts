import { expect, test } from "vitest";

import type { SalonState, Status } from "../../model/types";
import { troubleOf } from "./trouble";

const refusal = { code: "disk_full", message: "", fields: {}, retry: true };

function state(status: Status, storage: SalonState["storage"] = null): SalonState {
  const limits = { text_chars: 1, name_chars: 1, rooms: 1 };
  return { status, storage, name: "Ann", rooms: [], unread: 0, waiting: 0, unkept: "", limits, features: [] };
}

test("where all is well nothing is said", () => {
  expect(troubleOf(state({ kind: "online" }))).toBeUndefined();
  expect(troubleOf(state({ kind: "connecting", tries: 0, nextTry: 0 }))).toBeUndefined();
  expect(troubleOf(state({ kind: "signed-out", refusal: null }))).toBeUndefined();
});

test.each([
  ["lost", "offline"],
  ["network", "network"],
  ["closing", "closing"],
] as const)("a line that is gone because %s", (why, trouble) => {
  expect(troubleOf(state({ kind: "offline", why, since: 1, nextTry: 7 }))).toEqual({ trouble, nextTry: 7 });
});

test("a server that was not reached once", () => {
  const status: Status = { kind: "connecting", tries: 2, nextTry: 9 };
  expect(troubleOf(state(status))).toEqual({ trouble: "offline", nextTry: 9 });
});

test("a server that cannot write; but a lost line comes first", () => {
  expect(troubleOf(state({ kind: "online" }, refusal))).toEqual({ trouble: "storage", nextTry: 0 });
  const lost: Status = { kind: "offline", why: "lost", since: 1, nextTry: 7 };
  expect(troubleOf(state(lost, refusal))?.trouble).toBe("offline");
});
