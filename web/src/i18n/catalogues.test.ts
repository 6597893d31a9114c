import { describe, expect, it } from "vitest";

import server from "../generated/refusals.json";
import { de } from "./de";
import { en } from "./en";

/** Everything that a catalogue says, by its path: sentences, and functions that make some. */
function flat(catalogue: object, path = ""): Map<string, unknown> {
  return new Map(
    Object.entries(catalogue).flatMap(([key, value]): [string, unknown][] =>
      typeof value === "object" && value !== null ? [...flat(value, `${path}${key}.`)] : [[`${path}${key}`, value]],
    ),
  );
}

const OWN = /^(refusals|reasons)\./;
const english = flat(en);
const german = flat(de);

/** What is called the same in both languages. */
const SAME = new Set([
  "app.name",
  "settings.keyList.1.0", // arrows and Alt
  "settings.keyList.3.0",
  "settings.keyList.4.0",
  "settings.themes.auto",
  "files.hash",
]);

describe("German", () => {
  it("says everything that English says, and nothing else", () => {
    const own = [...german.keys()].filter((path) => !OWN.test(path));
    expect(own.sort()).toEqual([...english.keys()].sort());
  });

  it.each([...english].filter(([path]) => !OWN.test(path)))("%s is of the same kind", (path, sentence) => {
    const other = german.get(path);
    expect(typeof other).toBe(typeof sentence);
    if (typeof sentence === "function") expect((other as typeof sentence).length).toBe(sentence.length);
    if (typeof sentence === "string" && !SAME.has(path)) expect(other).not.toBe(sentence);
  });

  it.each([...english].filter(([, sentence]) => typeof sentence === "function"))(
    "%s says what it is given",
    (path, sentence) => {
      const make = german.get(path) as (...given: unknown[]) => string;
      // Names where English takes names, numbers where it takes numbers: English says whichever it is given.
      for (const given of [
        ["Ömer", "Leah"],
        [7, 8],
        [["Ömer"], 0],
      ]) {
        const said = attempt(sentence as typeof make, given);
        if (said === null) continue;
        const other = attempt(make, given);
        expect(other).not.toBeNull();
        for (const one of ["Ömer", "Leah"]) if (said.includes(one)) expect(other).toContain(one);
      }
    },
  );
});

function attempt(make: (...given: unknown[]) => string, given: unknown[]): string | null {
  try {
    return make(...given);
  } catch {
    return null;
  }
}

describe("refusals in German", () => {
  const known = new Map(Object.entries(server as Record<string, string>));
  /** What the page says itself, and no server. */
  const own = ["strange_answer", "got_elsewhere", "unkept_file"];

  it.each(Object.entries(de.refusals).filter(([code]) => !own.includes(code)))(
    "%s has no field of its own",
    (code, words) => {
      const there = known.get(code);
      expect(there).toBeDefined();
      const fields = [...there!.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const [, field] of words.matchAll(/\{(\w+)\}/g)) expect(fields).toContain(field);
    },
  );
});
