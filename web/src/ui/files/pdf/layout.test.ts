import { describe, expect, it } from "vitest";

import { extent, GAP, inView, layOut, nextZoom, pageAt, sameSpot, sharpness, sound, ZOOMS } from "./layout";

const A4 = { width: 595, height: 842 };
const WIDE = { width: 842, height: 595 };

describe("the size of a page", () => {
  it.each([
    [A4, A4],
    [{ width: 0, height: 10 }, A4],
    [{ width: 10, height: -1 }, A4],
    [{ width: Number.NaN, height: 10 }, A4],
    [{ width: 10, height: Number.POSITIVE_INFINITY }, A4],
    [
      { width: 10, height: 14_400 },
      { width: 10, height: 200 },
    ],
    [
      { width: 14_400, height: 1 },
      { width: 14_400, height: 720 },
    ],
  ])("%j is %j", (said, size) => expect(sound(said)).toEqual(size));
});

describe("the layout", () => {
  it("stands every page below the one before, as wide as there is room", () => {
    const places = layOut([A4, WIDE], 3, 595, 1);
    expect(places).toEqual([
      { top: 0, width: 595, height: 842 },
      { top: 842 + GAP, width: 595, height: 420 },
      { top: 842 + 420 + 2 * GAP, width: 595, height: 842 },
    ]);
    expect(extent(places)).toBe(842 + 420 + 842 + 2 * GAP);
  });

  it("counts a page that nobody looked at as large as the first", () => {
    expect(layOut([WIDE], 2, 842, 1)[1]).toEqual({ top: 595 + GAP, width: 842, height: 595 });
    expect(layOut([], 1, 595, 2)).toEqual([{ top: 0, width: 1190, height: 1684 }]);
  });

  it("has room for nothing where there is nothing", () => {
    expect(extent([])).toBe(0);
    expect(inView([], 0, 500)).toEqual([]);
  });

  it("shows what is seen, and one page before and behind it", () => {
    const places = layOut([A4], 10_000, 595, 1);
    const page = 842 + GAP;
    expect(inView(places, 0, 800)).toEqual([0, 1]);
    expect(inView(places, 5000 * page + 1, 800)).toEqual([4999, 5000, 5001]);
    expect(inView(places, 1e12, 800)).toEqual([9998, 9999]);
    expect([0, page - 1, page, 1e12, -5].map((height) => pageAt(places, height))).toEqual([0, 0, 1, 9999, 0]);
  });

  it("keeps the same spot on top when pages grow", () => {
    const small = layOut([A4], 9, 300, 1);
    const large = layOut([A4], 9, 300, 3);
    for (const top of [0, 100, small[4]!.top, small[4]!.top + 50]) {
      const there = sameSpot(small, large, top);
      expect(pageAt(large, there)).toBe(pageAt(small, top));
      expect(sameSpot(large, small, there)).toBeCloseTo(top, 6);
    }
    expect(sameSpot([], large, 7)).toBe(7);
  });
});

describe("a picture of a page", () => {
  it("is as sharp as the screen, unless that is too large", () => {
    expect(sharpness(A4, 2)).toBe(2);
    expect(sharpness({ width: 4000, height: 4000 }, 3)).toBeLessThan(1.1);
    const strip = { width: 1000, height: 20_000 };
    expect(strip.height * sharpness(strip, 3)).toBeLessThanOrEqual(8192);
  });

  it("is larger and smaller in steps, between two ends", () => {
    expect(nextZoom(1, 1)).toBe(1.25);
    expect(nextZoom(1, -1)).toBe(0.75);
    expect(nextZoom(ZOOMS[0]!, -1)).toBe(ZOOMS[0]);
    expect(nextZoom(ZOOMS.at(-1)!, 1)).toBe(ZOOMS.at(-1));
  });
});
