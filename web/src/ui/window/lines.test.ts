import { describe, expect, it } from "vitest";

import type { RoomState, Row, Said } from "../../model/types";
import { Printed } from "./lines";

function said(seq: number, text: string, more: Partial<Said> = {}): Said {
  return {
    kind: "said",
    key: `${seq}`,
    seq,
    time: 0,
    sender: "Leah",
    own: false,
    text,
    to: "",
    edited: 0,
    redacted: 0,
    ...more,
  };
}

function room(...rows: Row[]): RoomState {
  return { rows } as unknown as RoomState;
}

describe("the plain window's screen", () => {
  it("begins empty and shows each thing once, in order", () => {
    const printed = new Printed(2);
    const old = [said(1, "before"), said(2, "just before")];
    expect(printed.take(room(...old))).toEqual([]);
    expect(printed.take(room(...old, said(3, "hi")))).toEqual(["Leah: hi"]);
    expect(printed.take(room(...old, said(3, "hi")))).toEqual([]);
    expect(printed.take(room(said(3, "hi"), said(4, "x"), said(5, "y")))).toEqual(["Leah: x", "Leah: y"]);
  });

  it("shows nothing again that was scrolled out of the rows and came back", () => {
    const printed = new Printed(0);
    expect(printed.take(room(said(1, "a"), said(2, "b")))).toHaveLength(2);
    expect(printed.take(room(said(3, "c")))).toEqual(["Leah: c"]);
    expect(printed.take(room(said(1, "a"), said(2, "b"), said(3, "c")))).toEqual([]);
  });

  it("shows no deleted words, and no entries of other kinds", () => {
    const printed = new Printed(0);
    const noted = { ...said(2, ""), kind: "noted", what: "topic", message: "Leah set the topic" } as unknown as Row;
    const gap: Row = { kind: "gap", key: "g", seq: 1, from: 1, to: 1, state: "gone", why: "" };
    expect(printed.take(room(gap, said(1, "", { redacted: 3 }), noted))).toEqual([]);
  });

  it("goes on at a server that begins anew", () => {
    const printed = new Printed(0);
    printed.take(room(said(9, "old")));
    printed.begin(1);
    expect(printed.take(room(said(2, "new")))).toEqual(["Leah: new"]);
  });
});
