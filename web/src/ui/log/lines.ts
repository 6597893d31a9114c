/**
 * What stands under each other in the log, made of what the model shows: who speaks at the head of what they say in a
 * row, a line where a day begins, one where the unread begins, comings and goings drawn together. Pure.
 *
 * A line that says the same as before is the same object, so that nothing of it is drawn again.
 */
import type { Gap, Noted, Presence, RoomState, Row, Said, Sending } from "../../model/types";
import type { Tall } from "./heights";

/** What somebody says within this time stands under one head. Milliseconds. */
const TOGETHER = 5 * 60_000;

interface Base extends Tall {
  /** Number of the entry, or of the one before it. */
  readonly seq: number;
  /** When it was, in milliseconds since 1970; 0 where it has no time. */
  readonly time: number;
  /** The first of its day. */
  readonly day: boolean;
  /** The first that was not read. */
  readonly fresh: boolean;
}

export interface SaidLine extends Base {
  readonly kind: "said";
  readonly row: Said;
  /** Whether the speaker's name stands above it. */
  readonly head: boolean;
  /** A change of it that is under way. */
  readonly change: Sending | null;
}

export interface NotedLine extends Base {
  readonly kind: "noted";
  readonly row: Noted;
}

/** Who came in, who left, and who did both, since the message before. */
export interface PresenceLine extends Base {
  readonly kind: "presence";
  readonly rows: readonly Presence[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly passed: readonly string[];
}

export interface GapLine extends Base {
  readonly kind: "gap";
  readonly row: Gap;
}

export interface SendingLine extends Base {
  readonly kind: "sending";
  readonly row: Sending;
  readonly head: boolean;
}

/** An end of what is in memory: what is beyond it, and whether it is on its way. */
export interface EdgeLine extends Base {
  readonly kind: "edge";
  readonly side: "older" | "newer";
  readonly row: RoomState["older"];
  /** Entries are missing before the first one that is kept. */
  readonly cut: boolean;
}

export type Line = SaidLine | NotedLine | PresenceLine | GapLine | SendingLine | EdgeLine;

/** Makes the lines of one room, and remembers the last ones. */
export class Lines {
  private readonly before = new Map<string, Line>();
  private made: Line[] = [];

  of(state: RoomState): readonly Line[] {
    const changes = changesOf(state.outbox);
    const lines: Line[] = [this.kept(edgeLine("older", state.older, state.first > 1))];
    let fresh = state.line;
    for (let at = 0; at < state.rows.length; at += 1) {
      const row = state.rows[at]!;
      const previous = lines[lines.length - 1];
      const first = fresh > 0 && row.seq > fresh && (row.kind === "said" || row.kind === "noted");
      if (first) fresh = 0;
      if (row.kind === "presence") {
        const run = presences(state.rows, at);
        lines.push(this.kept(presenceLine(run, previous)));
        at += run.length - 1;
      } else lines.push(this.kept(lineOf(row, previous, this.around(row, first, state, changes))));
    }
    if (state.newer !== "none") lines.push(this.kept(edgeLine("newer", state.newer, false)));
    if (state.live) this.sending(state.outbox, lines);
    return this.remember(lines);
  }

  /** What else decides how a row is shown. */
  private around(row: Said | Noted | Gap, fresh: boolean, state: RoomState, changes: Around["changes"]): Around {
    const before = this.before.get(row.key);
    return { fresh, changes, cut: state.older !== "none", headed: before?.kind === "said" && before.head };
  }

  /** One's own that has no entry yet. Changes show on what they change, unless they fail. */
  private sending(outbox: readonly Sending[], lines: Line[]): void {
    for (const row of outbox) {
      if (row.what === "message" || row.state === "failed") {
        lines.push(this.kept(sendingLine(row, lines[lines.length - 1])));
      }
    }
  }

  /** The line as it was, if it is still the same. */
  private kept<L extends Line>(line: L): L {
    const before = this.before.get(line.key);
    return before !== undefined && same(before, line) ? (before as L) : line;
  }

  private remember(lines: Line[]): readonly Line[] {
    if (lines.length === this.made.length && lines.every((line, at) => line === this.made[at])) return this.made;
    this.before.clear();
    for (const line of lines) this.before.set(line.key, line);
    this.made = lines;
    return lines;
  }
}

interface Around {
  /** It is the first that was not read. */
  readonly fresh: boolean;
  readonly changes: ReadonlyMap<number, Sending>;
  /** More stands above the first row, and nobody knows whether its day began there. */
  readonly cut: boolean;
  /** It has been shown with a head, and keeps it: what comes above a row must not change its height. */
  readonly headed: boolean;
}

/** Changes that are under way, by the number of what they change; the last one of each counts. */
function changesOf(outbox: readonly Sending[]): ReadonlyMap<number, Sending> {
  const changes = new Map<number, Sending>();
  for (const sending of outbox) if (sending.seq > 0 && sending.state !== "failed") changes.set(sending.seq, sending);
  return changes;
}

function lineOf(row: Said | Noted | Gap, previous: Line | undefined, around: Around): Line {
  if (row.kind === "gap") {
    return { kind: "gap", key: row.key, guess: 56, seq: row.seq, time: 0, day: false, fresh: false, row };
  }
  const { fresh, changes, cut, headed } = around;
  const day = begins(row.time, previous) && !(cut && previous?.kind === "edge");
  const above = (day ? 34 : 0) + (fresh ? 26 : 0);
  const base = { key: row.key, seq: row.seq, time: row.time, day, fresh };
  if (row.kind === "noted") return { ...base, kind: "noted", guess: 26 + above, row };
  const head = day || fresh || headed || !continues(row, previous);
  const guess = textHeight(row.text) + (head ? 34 : 4) + above;
  return { ...base, kind: "said", guess, row, head, change: changes.get(row.seq) ?? null };
}

function edgeLine(side: EdgeLine["side"], row: EdgeLine["row"], cut: boolean): EdgeLine {
  const base = { seq: 0, time: 0, day: false, fresh: false, floating: true };
  return { ...base, kind: "edge", key: side, guess: row === "none" ? 48 : 120, side, row, cut };
}

function sendingLine(row: Sending, previous: Line | undefined): SendingLine {
  const head =
    previous?.kind !== "sending" && !(previous?.kind === "said" && previous.row.own && !begins(row.time, previous));
  const guess = textHeight(row.text) + (head ? 34 : 4) + (row.state === "failed" ? 44 : 0);
  const seq = previous?.seq ?? 0;
  return {
    kind: "sending",
    key: `sending ${row.key}`,
    guess,
    seq,
    time: row.time,
    day: false,
    fresh: false,
    row,
    head,
  };
}

function presences(rows: readonly Row[], from: number): Presence[] {
  const run: Presence[] = [];
  for (let at = from; rows[at]?.kind === "presence"; at += 1) run.push(rows[at] as Presence);
  return run;
}

/** Comings and goings in a row as one: who is here behind it that was not before, and who the other way round. */
function presenceLine(rows: Presence[], previous: Line | undefined): PresenceLine {
  const joined = new Set<string>();
  const left = new Set<string>();
  const passed = new Set<string>();
  for (const row of rows) {
    for (const name of row.joined) {
      passed.delete(name);
      // Away for a moment is nothing to tell.
      if (!left.delete(name)) joined.add(name);
    }
    for (const name of row.left) {
      if (joined.delete(name)) passed.add(name);
      else left.add(name);
    }
  }
  const [first] = rows as [Presence];
  const time = previous?.time ?? 0;
  const base = { key: first.key, guess: 26, seq: first.seq, time, day: false, fresh: false };
  return { ...base, kind: "presence", rows, joined: [...joined], left: [...left], passed: [...passed] };
}

/** Whether the speaker goes on with what they were saying. */
function continues(row: Said, previous: Line | undefined): boolean {
  if (previous?.kind !== "said") return false;
  const { sender, to, own } = previous.row;
  return sender === row.sender && own === row.own && to === row.to && row.time - previous.row.time < TOGETHER;
}

/** Whether a day begins between the two, where whoever reads is. */
function begins(time: number, previous: Line | undefined): boolean {
  if (previous === undefined || previous.time === 0) return true;
  // Most are within minutes of each other; only what may lie on both sides of a midnight is looked at closely.
  return dayOf(time) !== dayOf(previous.time);
}

let offsetHour = Number.NaN;
let offset = 0;

/** The number of the day in local time. The offset changes at whole hours at most: it is asked for once for each. */
function dayOf(time: number): number {
  const hour = Math.floor(time / 3_600_000);
  if (hour !== offsetHour) {
    offsetHour = hour;
    offset = new Date(time).getTimezoneOffset() * 60_000;
  }
  return Math.floor((time - offset) / 86_400_000);
}

/** About as high as the text will be on a screen of middling width. */
function textHeight(text: string): number {
  if (text.length < 80) return 22 * (1 + breaks(text));
  return 22 * Math.min(31, Math.ceil(text.length / 90) + breaks(text.slice(0, 3_000)));
}

function breaks(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0 && lines < 30; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

/** Whether two lines of one key show the same. */
function same(before: Line, line: Line): boolean {
  if (before.kind !== line.kind || before.day !== line.day || before.fresh !== line.fresh) return false;
  if (before.kind === "presence" && line.kind === "presence") {
    return before.rows.length === line.rows.length && before.rows.every((row, at) => row === line.rows[at]);
  }
  if ("head" in before && "head" in line && before.head !== line.head) return false;
  if (before.kind === "said" && line.kind === "said" && before.change !== line.change) return false;
  return "row" in before && "row" in line && before.row === line.row;
}
