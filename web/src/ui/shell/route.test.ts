import { expect, test } from "vitest";

import { formatPlace, inviteLink, parsePlace, reachesNobody, TALK } from "./route";

test.each([
  ["", { room: "", side: TALK, name: "" }],
  ["#/", { room: "", side: TALK, name: "" }],
  ["#/garden", { room: "garden", side: TALK, name: "" }],
  ["#garden", { room: "garden", side: TALK, name: "" }],
  ["#/garden/people", { room: "garden", side: "people", name: "" }],
  ["#/garden?name=Ann%20Lee", { room: "garden", side: TALK, name: "Ann Lee" }],
  ["#/?name=Ann", { room: "", side: TALK, name: "Ann" }],
  ["#/@ann:bob", { room: "@ann:bob", side: TALK, name: "" }],
  ["#/100%", { room: "100%", side: TALK, name: "" }],
])("the address %s", (hash, place) => {
  expect(parsePlace(hash)).toEqual(place);
});

test.each(["garden", "@ann:bob", "a b", "a?b&c", "100%", "#1", "חדר", "a/b", "%41", "x".repeat(255)])(
  "the room %s comes back from its address",
  (room) => {
    expect(parsePlace(formatPlace({ room })).room).toBe(room);
    expect(parsePlace(formatPlace({ room, side: "people" }))).toEqual({ room, side: "people", name: "" });
    expect(parsePlace(new URL(inviteLink("http://salon.example:12345", room)).hash).room).toBe(room);
  },
);

test("the talk is what a room's address means without more", () => {
  expect(formatPlace({ room: "garden", side: TALK })).toBe("#/garden");
  expect(formatPlace({ room: "", side: "people" })).toBe("#/");
});

test.each(["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])("%s reaches nobody else", (host) => {
  expect(reachesNobody(host)).toBe(true);
});

test.each(["192.168.1.7", "salon.example", "[fe80::1]", "localhost.example"])("%s may reach others", (host) => {
  expect(reachesNobody(host)).toBe(false);
});
