import { expect, test } from "vitest";

import { meaningOf, neighbour } from "./keys";

function pressed(key: string, ...held: string[]) {
  const has = (one: string): boolean => held.includes(one);
  return { key, altKey: has("alt"), ctrlKey: has("ctrl"), metaKey: has("meta"), shiftKey: has("shift") };
}

test("the keys and what they mean", () => {
  expect(meaningOf(pressed("k", "ctrl"))).toBe("find");
  expect(meaningOf(pressed("K", "meta"))).toBe("find");
  expect(meaningOf(pressed("ArrowUp", "alt"))).toBe("before");
  expect(meaningOf(pressed("ArrowDown", "alt"))).toBe("next");
  expect(meaningOf(pressed("ArrowUp", "alt", "shift"))).toBe("unreadBefore");
  expect(meaningOf(pressed("ArrowDown", "alt", "shift"))).toBe("unreadNext");
  expect(meaningOf(pressed("F6"))).toBe("part");
  expect(meaningOf(pressed("Escape"))).toBe("escape");
});

test("what one types is nobody's command", () => {
  const typed = [pressed("k"), pressed("k", "alt"), pressed("ArrowUp"), pressed("ArrowUp", "ctrl", "alt")];
  for (const one of [...typed, pressed("Escape", "shift"), pressed("k", "ctrl", "shift")]) {
    expect(meaningOf(one)).toBeUndefined();
  }
});

const rooms = ["a", "b", "c", "d"].map((key) => ({ key, unread: key === "d" ? 2 : 0 }));

test("the next room, and around the ends", () => {
  expect(neighbour(rooms, "a", 1, false)?.key).toBe("b");
  expect(neighbour(rooms, "d", 1, false)?.key).toBe("a");
  expect(neighbour(rooms, "a", -1, false)?.key).toBe("d");
});

test("the next room with something unread", () => {
  expect(neighbour(rooms, "a", 1, true)?.key).toBe("d");
  expect(neighbour(rooms, "c", -1, true)?.key).toBe("d");
  expect(neighbour(rooms, "d", 1, true)).toBeUndefined();
});

test("from nowhere to the first or the last; from one room alone nowhere", () => {
  expect(neighbour(rooms, "?", 1, false)?.key).toBe("a");
  expect(neighbour(rooms, "?", -1, false)?.key).toBe("d");
  expect(neighbour(rooms.slice(0, 1), "a", 1, false)).toBeUndefined();
  expect(neighbour([], "a", 1, false)).toBeUndefined();
});
