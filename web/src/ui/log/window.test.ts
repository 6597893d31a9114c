import { describe, expect, it } from "vitest";

import type { Tall } from "./heights";
import { Window } from "./window";

const SCREEN = 500;
const row = (name: number, guess = 40): Tall => ({ key: String(name), guess });
const rows = (from: number, to: number): Tall[] => Array.from({ length: to - from }, (_, at) => row(from + at));
const nothing = { from: 0, to: 0 };

function over(list: readonly Tall[]): Window<Tall> {
  const window = new Window<Tall>();
  window.set(list);
  return window;
}

describe("range", () => {
  it("is empty where nothing is", () => {
    expect(over([]).range(0, SCREEN, nothing)).toEqual(nothing);
  });

  it("covers the screen and some more, and no more than that", () => {
    const window = over(rows(0, 10_000));
    for (const offset of [0, 1, 39, 40, 5_000, 200_000, 399_500]) {
      const { from, to } = window.range(offset, SCREEN, nothing);
      expect(window.heights.top(from)).toBeLessThanOrEqual(Math.max(0, offset - 600));
      expect(window.heights.top(to)).toBeGreaterThanOrEqual(Math.min(400_000, offset + SCREEN + 600));
      expect(to - from).toBeLessThan(60);
    }
  });

  it("is kept while it suffices", () => {
    const window = over(rows(0, 1_000));
    const range = window.range(10_000, SCREEN, nothing);
    expect(window.range(10_100, SCREEN, range)).toBe(range);
    expect(window.range(9_900, SCREEN, range)).toBe(range);
    expect(window.range(11_000, SCREEN, range)).not.toBe(range);
  });

  it("is made anew where the list became shorter, or far more than the screen is drawn", () => {
    const window = over(rows(0, 1_000));
    expect(window.range(0, SCREEN, { from: 0, to: 1_000 }).to).toBeLessThan(60);
    window.set(rows(0, 5));
    expect(window.range(0, SCREEN, { from: 0, to: 30 })).toEqual({ from: 0, to: 5 });
  });
});

describe("place", () => {
  it("is the end until the reader leaves it", () => {
    const window = over(rows(0, 100));
    expect(window.offsetOf(null, SCREEN)).toBe(3_500);
    window.set(rows(0, 101));
    expect(window.offsetOf(null, SCREEN)).toBe(3_540);
    window.set(rows(0, 2));
    expect(window.offsetOf(null, SCREEN)).toBe(0);
  });

  it("is a row, and stays where pages come above", () => {
    const window = over(rows(100, 200));
    const place = window.placeAt(1_010, nothing, SCREEN);
    expect(place).toEqual({ key: "125", below: -10 });
    window.set(rows(0, 200));
    expect(window.offsetOf(place, SCREEN)).toBe(5_010);
    window.heights.measure(3, 90);
    expect(window.offsetOf(place, SCREEN)).toBe(5_060);
  });

  it("is no row that floats at the end of the list", () => {
    const edge: Tall = { key: "older", guess: 100, floating: true };
    const window = over([edge, ...rows(100, 200)]);
    const place = window.placeAt(0, nothing, SCREEN);
    expect(place).toEqual({ key: "100", below: 100 });
    window.set([edge, ...rows(50, 200)]);
    expect(window.offsetOf(place, SCREEN)).toBe(50 * 40);
  });

  it("is a row that is drawn, where one is on the screen: the height of the others is not known yet", () => {
    const window = over(rows(0, 100));
    expect(window.placeAt(1_000, { from: 30, to: 60 }, SCREEN)).toEqual({ key: "30", below: 200 });
    expect(window.placeAt(1_300, { from: 30, to: 60 }, SCREEN)?.key).toBe("32");
    expect(window.placeAt(100, { from: 30, to: 60 }, SCREEN)?.key).toBe("2");
  });

  it("is the neighbour's where its row is gone", () => {
    const window = over(rows(0, 100));
    const place = window.placeAt(2_000, nothing, SCREEN);
    expect(place?.key).toBe("50");
    window.set(rows(0, 100).filter((one) => one.key !== "50"));
    expect(window.offsetOf(place, SCREEN)).toBe(2_000);
    window.set(rows(300, 400));
    expect(window.offsetOf(place, SCREEN)).toBe(3_500);
    expect(over([]).placeAt(0, nothing, SCREEN)).toBeNull();
  });
});
