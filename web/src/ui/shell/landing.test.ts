import { beforeEach, expect, test, vi } from "vitest";

import { landing, noteRoom } from "./landing";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  return () => vi.unstubAllGlobals();
});

test("a link leads into its room, wherever one was", () => {
  noteRoom("kitchen");
  expect(landing("#/garden", "garden", false)).toBe("garden");
  expect(landing("#/garden", "garden", true)).toBe("garden");
});

test("without a link one is where one was, at first in the lobby", () => {
  expect(landing("", "", false)).toBe("lobby");
  noteRoom("kitchen");
  noteRoom("");
  expect(landing("", "", false)).toBe("kitchen");
  expect(landing("", "", true)).toBe("kitchen");
});

test("a narrow screen shows the list of rooms to whoever asks for it", () => {
  noteRoom("kitchen");
  expect(landing("#/", "", true)).toBe("");
  expect(landing("#/", "", false)).toBe("kitchen");
});

test("where the browser keeps nothing, one begins in the lobby", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new Error("forbidden");
    },
  });
  expect(landing("", "", false)).toBe("lobby");
});
