import { describe, expect, it } from "vitest";

import { percent, sizeText, timeText } from "./measures";
import { Meter } from "./meter";
import { headAndTail, lookOf, split, wrongType } from "./naming";

describe("measures", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1024, "1.0 KiB"],
    [4_300_000, "4.1 MiB"],
    [200 * 1024 * 1024, "200 MiB"],
    [2 * 1024 ** 3, "2.0 GiB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(sizeText(bytes, "en")).toBe(text.replace(" ", "\u00a0"));
  });

  it("writes numbers as the language does", () => {
    expect(sizeText(4_300_000, "de")).toBe("4,1\u00a0MiB");
  });

  it.each([
    [0.4, "0 s"],
    [59.4, "59 s"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
  ])("%f seconds are %s", (seconds, text) => {
    expect(timeText(seconds).replaceAll("\u00a0", " ")).toBe(text);
  });

  it("says 100 only when all is there", () => {
    expect(percent(999, 1000)).toBe(99);
    expect(percent(1000, 1000)).toBe(100);
    expect(percent(0, 0)).toBe(100);
  });
});

describe("meter", () => {
  it("tells a steady rate and the time left", () => {
    const meter = new Meter();
    for (let second = 0; second <= 10; second += 1) meter.note(second * 1000, second * 500);
    expect(meter.rate).toBeCloseTo(500);
    expect(meter.eta(1000)).toBeCloseTo(2);
  });

  it("begins anew where a part of the way is gone again", () => {
    const meter = new Meter();
    meter.note(0, 0);
    meter.note(1000, 1000);
    meter.note(2000, 200);
    meter.note(3000, 1200);
    expect(meter.rate).toBeCloseTo(1000);
  });

  it("says nothing once it stands still", () => {
    const meter = new Meter();
    meter.note(0, 0);
    meter.note(1000, 1000);
    meter.stop();
    expect(meter.eta(1)).toBeNull();
  });
});

describe("names", () => {
  it.each([
    ["report.pdf", "report", ".pdf"],
    [".bashrc", ".bashrc", ""],
    ["..x", "..x", ""],
    ["archive.tar.gz", "archive.tar", ".gz"],
    ["README", "README", ""],
    [`a.${"b".repeat(40)}`, `a.${"b".repeat(40)}`, ""],
  ])("%s ends as it does", (name, stem, ending) => {
    expect(split(name)).toEqual([stem, ending]);
  });

  it("keeps the ending where it cuts, and every letter", () => {
    const name = `${"long ".repeat(50)}👩‍🔬.pdf`;
    const [head, tail] = headAndTail(name);
    expect(head + tail).toBe(name);
    expect(tail.endsWith("👩‍🔬.pdf")).toBe(true);
  });

  it("leaves something that may be cut, even of what is short", () => {
    expect(headAndTail("a.b")).toEqual(["a.", "b"]);
  });

  it.each([
    ["report.pdf", "other.pdf", null],
    ["report.pdf", "other.PDF", null],
    ["README", "anything.txt", null],
    ["report.pdf", "other", { code: "no_type", kind: "pdf", other: "" }],
    ["report.pdf", "other.exe", { code: "other_type", kind: "pdf", other: "exe" }],
  ])("%s as %s", (name, savedAs, wrong) => {
    expect(wrongType(name, savedAs)).toEqual(wrong);
  });

  it.each([
    ["a.PNG", "image"],
    ["a.svg", "image"],
    ["page.html", "text"],
    ["paper.pdf", "pdf"],
    ["talk.mp3", "audio"],
    ["film.webm", "video"],
    ["program.exe", null],
    ["README", null],
  ])("%s is looked at as %s", (name, look) => {
    expect(lookOf(name)).toBe(look);
  });
});
