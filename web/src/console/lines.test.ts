import { describe, expect, it } from "vitest";

import { Lines, MOST } from "./lines";
import type { Line } from "./types";

const words = (missed: number) => `${missed} missing`;

function line(n: number, kind = "said", text = `line ${n}`): Line {
  return { n, line: text, what: { kind, time: n * 10 } };
}

function run(from: number, to: number): Line[] {
  return Array.from({ length: to - from + 1 }, (_, at) => line(from + at));
}

describe("the log", () => {
  it("shows what comes, in order", () => {
    const lines = new Lines();
    lines.add({ tip: 2, missed: 0, lines: run(1, 2) }, words);
    lines.add({ tip: 3, missed: 0, lines: run(3, 3) }, words);
    expect(lines.shown.map((one) => one.n)).toEqual([1, 2, 3]);
    expect(lines.tip).toBe(3);
  });

  it("says how many are missing, where they are", () => {
    const lines = new Lines();
    lines.add({ tip: 1, missed: 0, lines: run(1, 1) }, words);
    lines.add({ tip: 9, missed: 7, lines: run(9, 9) }, words);
    lines.add({ tip: 12, missed: 3, lines: [] }, words);
    expect(lines.shown.map((one) => one.line)).toEqual(["line 1", "7 missing", "line 9", "3 missing"]);
    expect(lines.shown.map((one) => one.what.time)).toEqual([10, 90, 90, 90]);
  });

  it("goes on where a server that was started again begins anew", () => {
    const lines = new Lines();
    lines.add({ tip: 3, missed: 0, lines: run(1, 3) }, words);
    lines.restart();
    expect(lines.tip).toBe(0);
    lines.add({ tip: 4, missed: 1, lines: run(2, 4) }, words);
    const numbers = lines.shown.map((one) => one.n);
    expect(lines.shown.map((one) => one.line)).toEqual([
      ...[1, 2, 3].map((n) => `line ${n}`),
      "1 missing",
      ...[2, 3, 4].map((n) => `line ${n}`),
    ]);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    expect(lines.tip).toBe(4);
  });

  it("keeps so many and no more, filtered or not", () => {
    const lines = new Lines();
    for (let n = 1; n <= 40_000; n += 100) lines.add({ tip: n + 99, missed: 0, lines: run(n, n + 99) }, words);
    expect(lines.shown.length).toBeGreaterThanOrEqual(MOST);
    expect(lines.shown.length).toBeLessThanOrEqual(MOST + 500);
    expect(lines.shown.at(-1)?.n).toBe(40_000);
    lines.show({ subject: "people", words: "" });
    expect(lines.shown).toEqual([]);
    for (let n = 40_001; n <= 60_000; n += 100) lines.add({ tip: n + 99, missed: 0, lines: run(n, n + 99) }, words);
    lines.show({ subject: "said", words: "" });
    expect(lines.shown[0]!.n).toBeGreaterThan(50_000);
  });

  it("shows a subject, or what has some words", () => {
    const lines = new Lines();
    const all = [line(1, "connected", "Ann connected"), line(2, "said", "to all - Ann: Hi"), line(3, "refused", "no")];
    lines.add({ tip: 3, missed: 0, lines: all }, words);
    lines.show({ subject: "people", words: "" });
    expect(lines.shown.map((one) => one.n)).toEqual([1]);
    lines.show({ subject: "all", words: " ANN " });
    expect(lines.shown.map((one) => one.n)).toEqual([1, 2]);
    lines.add({ tip: 5, missed: 0, lines: [line(4, "said", "bob"), line(5, "said", "ann")] }, words);
    expect(lines.shown.map((one) => one.n)).toEqual([1, 2, 5]);
    lines.show({ subject: "trouble", words: "" });
    expect(lines.shown.map((one) => one.n)).toEqual([3]);
  });

  it("can be emptied", () => {
    const lines = new Lines();
    lines.add({ tip: 3, missed: 0, lines: run(1, 3) }, words);
    lines.clear();
    expect(lines.shown).toEqual([]);
    expect(lines.tip).toBe(3);
  });
});
