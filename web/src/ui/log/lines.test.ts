import { describe, expect, it } from "vitest";

import type { Gap, Noted, Presence, RoomState, Row, Said, Sending } from "../../model/types";
import { Lines, type Line } from "./lines";

const NOON = new Date(2026, 10, 20, 12).getTime();
const MINUTE = 60_000;

function said(seq: number, over: Partial<Said> = {}): Said {
  const time = NOON + seq * 1_000;
  const key = String(seq);
  return {
    kind: "said",
    key,
    seq,
    time,
    sender: "Ann",
    own: false,
    text: "x",
    to: "",
    edited: 0,
    redacted: 0,
    ...over,
  };
}

function noted(seq: number, what: string): Noted {
  const facts = { message: "", topic: "", name: "", size: 0, sha256: "" };
  return { kind: "noted", key: String(seq), seq, time: NOON + seq * 1_000, what, sender: "Ann", own: false, ...facts };
}

function presence(seq: number, joined: string[], left: string[] = []): Presence {
  return { kind: "presence", key: `p${seq} ${joined} ${left}`, seq, time: NOON, joined, left };
}

function sending(id: string, over: Partial<Sending> = {}): Sending {
  const facts = { what: "message", text: "x", seq: 0, to: "", time: NOON, state: "sending", refusal: null } as const;
  return { key: id, id, ...facts, ...over };
}

function room(rows: Row[], over: Partial<RoomState> = {}): RoomState {
  return {
    key: "lobby",
    name: "lobby",
    direct: false,
    joined: true,
    topic: "",
    people: null,
    typing: [],
    rows,
    outbox: [],
    head: 0,
    first: 1,
    older: "none",
    newer: "none",
    live: true,
    unread: 0,
    read: 0,
    line: 0,
    loading: false,
    ...over,
  };
}

/** A line in few letters: # head, = day, ! fresh, ~ a change under way. */
function drawn(line: Line): string {
  const marks = `${line.day ? "=" : ""}${line.fresh ? "!" : ""}${"head" in line && line.head ? "#" : ""}`;
  if (line.kind === "presence") return `+${line.joined} -${line.left} ±${line.passed}`;
  if (line.kind === "sending") return `${marks}>${line.row.id}`;
  if (line.kind === "said") return `${marks}${line.seq}${line.change ? "~" : ""}`;
  return line.kind === "edge" ? `${line.side}:${line.row}` : `${marks}${line.kind} ${line.seq}`;
}

const all = (state: RoomState): string[] => new Lines().of(state).slice(1).map(drawn);

describe("lines", () => {
  it("put a head above what somebody says in a row", () => {
    expect(all(room([said(1), said(2), said(3, { sender: "Bob" }), said(4)]))).toEqual(["=#1", "2", "#3", "#4"]);
  });

  it("put a new head after a pause, a notice, for another addressee and for another of the same name", () => {
    const late = said(2, { time: NOON + 6 * MINUTE });
    expect(all(room([said(1), late]))).toEqual(["=#1", "#2"]);
    expect(all(room([said(1), noted(2, "topic"), said(3)]))).toEqual(["=#1", "noted 2", "#3"]);
    expect(all(room([said(1), said(2, { to: "Bob" }), said(3, { own: true, to: "Bob" })]))).toEqual([
      "=#1",
      "#2",
      "#3",
    ]);
  });

  it("begin days where the reader's midnight is", () => {
    const late = new Date(2026, 10, 20, 23, 59, 59).getTime();
    expect(all(room([said(1, { time: late }), said(2, { time: late + 2_000 })]))).toEqual(["=#1", "=#2"]);
  });

  it("draw one line where the unread begins", () => {
    expect(all(room([said(1), said(2), said(3)], { line: 1 }))).toEqual(["=#1", "!#2", "3"]);
    expect(all(room([said(1), said(2)], { line: 2 }))).toEqual(["=#1", "2"]);
    expect(all(room([said(5)], { line: 2 }))).toEqual(["=!#5"]);
  });

  it("draw comings and goings together", () => {
    const rows = [
      said(1),
      presence(1, ["Bob", "Eve"]),
      presence(1, ["Ida"], ["Bob"]),
      presence(1, ["Bob"], ["Tom"]),
      said(2),
    ];
    expect(all(room(rows))).toEqual(["=#1", "+Eve,Ida,Bob -Tom ±", "#2"]);
    expect(all(room([presence(0, ["Bob"]), presence(0, [], ["Bob"]), said(1)]))).toEqual(["+ - ±Bob", "=#1"]);
    expect(all(room([presence(0, [], ["Bob"]), presence(0, ["Bob"])]))).toEqual(["+ - ±"]);
  });

  it("show gaps, and begin anew behind them", () => {
    const gap: Gap = { kind: "gap", key: "g", seq: 2, from: 2, to: 9, state: "gone", why: "" };
    expect(all(room([said(1), gap, said(10)]))).toEqual(["=#1", "gap 2", "=#10"]);
  });

  it("end with one's own that is under way", () => {
    const outbox = [
      sending("a"),
      sending("b"),
      sending("c", { what: "topic" }),
      sending("d", { what: "edit", state: "failed" }),
    ];
    expect(all(room([said(1, { own: true })], { outbox }))).toEqual(["=#1", ">a", ">b", ">d"]);
    expect(all(room([said(1)], { outbox: [sending("a")] }))).toEqual(["=#1", "#>a"]);
    expect(all(room([said(1)], { outbox, live: false, newer: "some" }))).toEqual(["=#1", "newer:some"]);
  });

  it("mark what is being changed", () => {
    const outbox = [sending("e", { what: "edit", seq: 1 }), sending("f", { what: "delete", seq: 2, state: "failed" })];
    expect(all(room([said(1), said(2)], { outbox }))).toEqual(["=#1~", "2", "#>f"]);
  });

  it("tell what is beyond the first row", () => {
    const [edge] = new Lines().of(room([said(9)], { older: "some", first: 4 }));
    expect(edge).toMatchObject({ kind: "edge", side: "older", row: "some", cut: true, floating: true });
  });
});

describe("lines of a room that changes", () => {
  it("are the same objects while they show the same", () => {
    const lines = new Lines();
    const rows = [said(1), said(2), presence(2, ["Bob"]), noted(3, "topic")];
    const before = lines.of(room(rows));
    expect(lines.of(room(rows, { unread: 3 }))).toBe(before);
    const after = lines.of(room([said(0), ...rows, said(4)]));
    // The day begins with another one now, and its speaker goes on.
    expect(after[2]).not.toBe(before[1]);
    expect(after.slice(3, 6)).toEqual(before.slice(2));
    expect(after[3]).toBe(before[2]);
    const edited = said(2, { text: "y", edited: 5 });
    expect(lines.of(room([said(0), rows[0]!, edited, rows[2]!, rows[3]!, said(4)]))[3]).not.toBe(before[2]);
  });

  it("keep a head that was shown, and begin no day where nobody knows whether it began", () => {
    const lines = new Lines();
    expect(lines.of(room([said(5), said(6)], { older: "some" })).map(drawn)).toEqual(["older:some", "#5", "6"]);
    const before = [said(3), said(4), said(5), said(6)];
    expect(lines.of(room(before, { older: "none" })).map(drawn)).toEqual(["older:none", "=#3", "4", "#5", "6"]);
  });

  it("have unique keys", () => {
    const outbox = [sending("1"), sending("2")];
    const lines = new Lines().of(
      room([said(1), presence(1, ["a"]), said(2)], { outbox, newer: "none", older: "some" }),
    );
    expect(new Set(lines.map((line) => line.key)).size).toBe(lines.length);
  });

  it("guess more height for more text", () => {
    const heights = ["x", "x\ny", "x".repeat(500), "x\n".repeat(900), "x".repeat(90_000)].map(
      (text) => new Lines().of(room([said(1, { text })]))[1]!.guess,
    );
    expect([...heights].sort((one, other) => one - other)).toEqual(heights);
    expect(heights.at(-1)).toBeLessThan(1_000);
  });
});
