import { expect, test } from "vitest";

import type { RoomSummary } from "../../model/types";
import { choicesFor, likeliest, type Offer } from "./choices";

function summary(key: string, unread = 0, name = key): RoomSummary {
  const direct = key.startsWith("@");
  return { key, name, direct, topic: "", unread, last: null, waiting: 0, failed: 0, draft: false };
}

const offer: Offer = {
  rooms: [summary("lobby"), summary("garden", 3), summary("@ann:leah", 0, "Leah")],
  open: [
    { name: "Lobby", topic: "", here: 2, joined: true },
    { name: "kitchen", topic: "soup", here: 1, joined: false },
    { name: "@ann:leah", topic: "", here: 1, joined: true },
  ],
  people: ["Ann", "Leah", "Bob"],
  me: "Ann",
};

const shown = (typed: string): string[] => choicesFor(typed, offer).map((choice) => `${choice.kind} ${choice.name}`);

test("who typed nothing sees what is unread, then the other rooms", () => {
  expect(shown("")).toEqual(["yours garden", "yours lobby", "yours Leah", "open kitchen"]);
});

test("a person is found who is here, but not oneself, and nobody twice", () => {
  expect(shown("bob")).toEqual(["person Bob", "make bob"]);
  expect(shown("leah")).toEqual(["yours Leah", "make leah"]);
  expect(shown("ann")).toEqual(["make ann"]);
});

test("a room that there is cannot be made, in whatever case it is typed", () => {
  expect(shown("KITCHEN")).toEqual(["open kitchen"]);
  expect(shown("lobby")).toEqual(["yours lobby"]);
});

test("no room is made whose name the server keeps for private rooms", () => {
  expect(shown("@bob").some((choice) => choice.startsWith("make"))).toBe(false);
});

test("Enter leads to what begins so, else makes a room", () => {
  const led = (typed: string): string => {
    const choices = choicesFor(typed, offer);
    const choice = choices[likeliest(choices, typed)]!;
    return `${choice.kind} ${choice.name}`;
  };
  expect(led("gar")).toBe("yours garden");
  expect(led("bob")).toBe("person Bob");
  expect(led("kitch")).toBe("open kitchen");
  expect(led("music")).toBe("make music");
  expect(led("den")).toBe("make den");
  expect(led("")).toBe("yours garden");
});
