import { describe, expect, it } from "vitest";

import { Heights, type Tall } from "./heights";

const rows = (...names: (string | number)[]): Tall[] => names.map((name) => ({ key: String(name), guess: 10 }));

describe("heights", () => {
  it("has nothing at first", () => {
    const heights = new Heights();
    expect([heights.length, heights.total, heights.at(0), heights.top(0)]).toEqual([0, 0, 0, 0]);
  });

  it("guesses, then knows", () => {
    const heights = new Heights();
    heights.set(rows("a", "b", "c"));
    expect(heights.total).toBe(30);
    expect(heights.measure(1, 25)).toBe(true);
    expect(heights.measure(1, 25)).toBe(false);
    expect([heights.top(1), heights.top(2), heights.total]).toEqual([10, 35, 45]);
  });

  it("knows the row at a place", () => {
    const heights = new Heights();
    heights.set(rows("a", "b", "c"));
    heights.measure(0, 0);
    expect([-5, 0, 9.9, 10, 19, 20, 1e9].map((place) => heights.at(place))).toEqual(
      [1, 1, 1, 2, 2, 2, 2].map((row, at) => (at === 0 ? 0 : row)),
    );
  });

  it("keeps what was measured when rows come before and behind", () => {
    const heights = new Heights();
    heights.set(rows("c", "d"));
    heights.measure(0, 7);
    heights.set(rows("a", "b", "c", "d", "e"));
    expect([heights.top(2), heights.top(3), heights.total]).toEqual([20, 27, 47]);
    heights.set(rows("b", "d"));
    expect([heights.top(1), heights.total]).toEqual([10, 20]);
    heights.set([]);
    expect(heights.total).toBe(0);
  });

  it("agrees with plain addition, whatever happens", () => {
    const heights = new Heights();
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    let names = Array.from({ length: 40 }, (_, name) => name);
    const known = new Map<number, number>();
    for (let round = 0; round < 500; round += 1) {
      if (random(3) === 0) names = names.filter(() => random(9) > 0);
      if (random(3) === 0) names = [1_000 + round, ...names];
      if (random(3) === 0) names = [...names, 5_000 + round];
      heights.set(rows(...names));
      if (names.length > 0) {
        const at = random(names.length);
        known.set(names[at]!, random(90));
        heights.measure(at, known.get(names[at]!)!);
      }
      let top = 0;
      names.forEach((name, index) => {
        expect(heights.top(index)).toBe(top);
        top += known.get(name) ?? 10;
      });
      expect(heights.total).toBe(top);
    }
  });

  it("forgets rows that are long gone, and is quick with many", () => {
    const heights = new Heights();
    const many = rows(...Array.from({ length: 100_000 }, (_, name) => name));
    heights.set(many);
    const started = performance.now();
    for (let index = 0; index < 100; index += 1) {
      heights.measure(index, 20);
      expect(heights.total).toBe(1_000_000 + 10 * (index + 1));
    }
    expect(performance.now() - started).toBeLessThan(2_000);
    for (let index = 0; index < 2_000; index += 1) heights.measure(index, 20);
    heights.set(rows("x"));
    heights.set(many);
    expect(heights.total).toBe(1_000_000);
  });
});
