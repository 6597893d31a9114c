import { describe, expect, it } from "vitest";

import type { Moved } from "../../native/words";
import { downloadLines, percent } from "./words";

const BEGUN: Moved = {
  number: 1,
  up: false,
  name: "cat.png",
  room: "lobby",
  state: "moving",
  size: null,
  offset: 0,
  rate: 0,
  eta: null,
  sha256: "",
  saved: "",
  path: "",
  person: "",
  code: "",
  message: "",
  detour: "",
  lastByte: null,
};

/** The lines of a download that goes through these states, one after the other. */
function told(...steps: Partial<Moved>[]): string[] {
  let before: Moved | null = null;
  return steps.flatMap((step) => {
    const now: Moved = { ...(before ?? BEGUN), ...step };
    const lines = downloadLines(before, now, "Leah");
    before = now;
    return lines;
  });
}

describe("how far a download is", () => {
  it("is rounded down, and whole only when it is", () => {
    expect(percent(0, null)).toBe("0.00%");
    expect(percent(0, 10)).toBe("0.00%");
    expect(percent(1_500_001, 3_000_001)).toBe("50.00%");
    expect(percent(2, 3)).toBe("66.66%");
    expect(percent(99_999, 100_000)).toBe("99.99%");
    expect(percent(7, 7)).toBe("100%");
    expect(percent(0, 0)).toBe("100%");
  });
});

describe("what the screen says of a download", () => {
  it("halts, proceeds and ends in these words", () => {
    expect(
      told(
        { state: "moving", size: 8 },
        { path: "UDP" },
        { offset: 2 },
        { state: "paused", offset: 4, lastByte: 0x3f },
        { state: "waiting" },
        { state: "moving" },
        { state: "checking", offset: 8 },
        { state: "done", saved: "/home/leah/cat.png", sha256: "ab" },
      ),
    ).toEqual([
      "got a download connection",
      "user Leah downloaded 50.00% out of file. last byte is: 0x3f",
      "user Leah confirm proceeding",
      "downloaded 100% out of file.",
      "Saved /home/leah/cat.png (SHA-256 ab)",
    ]);
  });

  it("names a byte with two digits", () => {
    expect(told({ size: 4, path: "UDP", state: "paused", offset: 2, lastByte: 7 }).at(-1)).toMatch(/0x07$/);
  });

  it("says why it goes another way, once, and why it failed", () => {
    expect(
      told(
        { path: "TCP", detour: "UDP does not go here." },
        { offset: 1 },
        { state: "cut", message: "The connection to x was lost." },
        { state: "failed", message: "The cat.png doesn't exist" },
      ),
    ).toEqual([
      "got a download connection",
      "UDP does not go here.",
      "The connection to x was lost.",
      "cat.png was not downloaded: The cat.png doesn't exist",
    ]);
  });
});
