import { describe, expect, it } from "vitest";

import { RefusedError, type Happening, type Noted } from "../model/types";
import { Arrivals, standsStill } from "./arriving";
import { displaced, keepOf, readFiles, Shelves } from "./shelf";
import type { Shelved } from "./types";

function file(name: string, leavesAfter: number, library = false): Shelved {
  return { name, size: 1, sha256: "", by: "Ann", time: 0, downloads: 0, leavesAfter, library };
}

function noted(room: string, what: string, sender = "Ann", name = "a.txt"): Happening {
  const entry: Noted = {
    kind: "noted", key: "1", seq: 1, time: 0, what, sender, own: false, message: "", topic: "", name, size: 1, sha256: "",
  }; // prettier-ignore
  return { kind: "noted", room, entry };
}

describe("what a new file displaces", () => {
  const shelf = [file("c", 3), file("b", 2), file("a", 1), file("book", 0, true)];

  it("is the oldest of a full shelf", () => {
    expect(displaced(shelf, ["d"])).toEqual({ pushesOut: ["a"], replaces: [] });
    expect(displaced(shelf, ["d", "e"])).toEqual({ pushesOut: ["b", "a"], replaces: [] });
    expect(displaced(shelf, ["d", "e", "f", "g"])).toEqual({ pushesOut: ["c", "b", "a"], replaces: [] });
  });

  it("is nothing where the name is there already, but the file of that name", () => {
    expect(displaced(shelf, ["b"])).toEqual({ pushesOut: [], replaces: ["b"] });
    expect(displaced(shelf, ["b", "d"])).toEqual({ pushesOut: ["a"], replaces: ["b"] });
  });

  it("is nothing where there is place", () => {
    expect(displaced([file("b", 5), file("a", 4)], ["c", "d", "e"])).toEqual({ pushesOut: [], replaces: [] });
    expect(displaced([file("b", 5), file("a", 4)], ["c", "d", "e", "f"])).toEqual({ pushesOut: ["a"], replaces: [] });
    expect(displaced([file("b", 0), file("a", 0)], ["c"])).toEqual({ pushesOut: [], replaces: [] });
  });

  it("follows from how many the shelf keeps", () => {
    expect(keepOf(shelf)).toBe(3);
    expect(keepOf([])).toBe(0);
    expect(keepOf([file("book", 0, true)])).toBe(0);
  });
});

describe("a shelf", () => {
  /** A salon whose answers are given by hand. */
  function fakeSalon() {
    const questions: { answer: (files: unknown) => void; fail: (code: string) => void }[] = [];
    let listener: (happening: Happening) => void = () => {};
    return {
      questions,
      tell: (happening: Happening) => listener(happening),
      salon: {
        hear(one: (happening: Happening) => void) {
          listener = one;
          return () => {};
        },
        ask: () =>
          new Promise<Record<string, unknown>>((resolve, reject) =>
            questions.push({
              answer: (files) => resolve({ files }),
              fail: (code) => reject(new RefusedError({ code, message: "", fields: {}, retry: false })),
            }),
          ),
      },
    };
  }

  it("is asked for when somebody looks, and again when something happens to it", async () => {
    const { salon, questions, tell } = fakeSalon();
    const shelves = new Shelves(salon);
    tell(noted("garden", "shelved"));
    expect(questions).toHaveLength(0);
    const seen: (number | undefined)[] = [];
    const stop = shelves.of("garden").subscribe((state) => seen.push(state.files?.length));
    questions[0]!.answer([]);
    await expect.poll(() => seen).toEqual([undefined, 0]);
    tell(noted("garden", "shelved"));
    tell(noted("kitchen", "shelved"));
    tell(noted("garden", "topic"));
    expect(questions).toHaveLength(2);
    questions[1]!.answer([{ name: "a.txt", size: 3 }]);
    await expect.poll(() => seen).toEqual([undefined, 0, 1]);
    expect(shelves.knowsSize(3)).toBe(true);
    stop();
    tell({ kind: "online" });
    expect(questions).toHaveLength(2);
  });

  it("asks once more where something happened while it asked", async () => {
    const { salon, questions, tell } = fakeSalon();
    const shelves = new Shelves(salon);
    shelves.of("garden").subscribe(() => {});
    tell(noted("garden", "shelved"));
    tell(noted("garden", "shelved"));
    questions[0]!.answer([]);
    await expect.poll(() => questions.length).toBe(2);
  });

  it("keeps what it knows when the line is lost, and says what is refused", async () => {
    const { salon, questions } = fakeSalon();
    const shelf = new Shelves(salon).of("garden");
    const first = shelf.fresh();
    questions[0]!.answer([{ name: "a.txt" }]);
    expect((await first).files).toHaveLength(1);
    const second = shelf.fresh();
    questions[1]!.fail("lost_server");
    expect(await second).toEqual({ files: [file0()], refusal: null });
    const third = shelf.fresh();
    questions[2]!.fail("storage_failed");
    expect((await third).refusal?.code).toBe("storage_failed");
    const fourth = shelf.fresh();
    questions[3]!.fail("unknown_room");
    expect(await fourth).toEqual({ files: [], refusal: null });
  });

  function file0(): Shelved {
    return { ...file("a.txt", 0), size: 0, by: "" };
  }

  it("leaves out what is no file", () => {
    expect(readFiles("nonsense")).toEqual([]);
    expect(readFiles([null, {}, { name: "a.txt", size: "big" }])).toEqual([file0()]);
  });
});

describe("arrivals", () => {
  function sign(what: string, offset: number, name = "a.txt"): Happening {
    return { kind: "sign", room: "garden", what, fields: { sender: "Ann", name, size: 10, offset } };
  }

  it("are the latest word of each, until they are on the shelf or given up", () => {
    const arrivals = new Arrivals(() => 0);
    arrivals.hear(sign("upload", 1));
    arrivals.hear(sign("upload", 5));
    arrivals.hear(sign("upload", 2, "b.txt"));
    expect(arrivals.state.map((one) => [one.name, one.offset])).toEqual([["a.txt", 5], ["b.txt", 2]]); // prettier-ignore
    arrivals.hear(noted("garden", "shelved"));
    expect(arrivals.state.map((one) => one.name)).toEqual(["b.txt"]);
    arrivals.hear(sign("upload_gone", 2, "b.txt"));
    expect(arrivals.state).toEqual([]);
  });

  it("are not known any more after the line was gone, nor what is no upload", () => {
    const arrivals = new Arrivals(() => 0);
    arrivals.hear(sign("upload", 1));
    arrivals.hear({ kind: "online" });
    arrivals.hear({ kind: "sign", room: "garden", what: "upload", fields: {} });
    expect(arrivals.state).toEqual([]);
  });

  it("stand still after a while without a word, and are forgotten later", () => {
    let now = 0;
    const arrivals = new Arrivals(() => now);
    arrivals.hear(sign("upload", 1));
    expect(standsStill(arrivals.state[0]!, 3_000)).toBe(false);
    expect(standsStill(arrivals.state[0]!, 5_000)).toBe(true);
    now = 60_000;
    arrivals.sweep();
    expect(arrivals.state).toHaveLength(1);
    now = 121_000;
    arrivals.sweep();
    expect(arrivals.state).toHaveLength(0);
  });
});
