/**
 * The rows of a room that are in memory: a window on its log without holes. It covers the entries behind `low` up to
 * `high`, of which those that change others have no row.
 */
import { REMEMBERED_CHANGES } from "./limits";
import { type Change, changed, type Entry } from "./entries";
import type { Gap, Presence, Row, Said } from "./types";

export class RowWindow {
  low: number;
  high: number;
  /** Newest change by target: a page that the server read before a change must not bring the old text back. */
  private readonly changes = new Map<number, Change>();
  private passed = 0;
  private list: Row[] = [];
  /** Somebody was given the list: it must not change under their hands. */
  private lent = false;

  constructor(at: number) {
    this.low = this.high = at;
  }

  /** What there is; stays as it is when the window goes on. */
  get rows(): readonly Row[] {
    this.lent = true;
    return this.list;
  }

  get size(): number {
    return this.list.length;
  }

  /** The list, to be changed: copied once for each time that it was looked at, not once for each entry. */
  private get own(): Row[] {
    if (this.lent) this.own = [...this.list];
    return this.list;
  }

  private set own(rows: Row[]) {
    this.list = rows;
    this.lent = false;
  }

  /** Nothing is here; the window stands behind entry `at`. */
  clear(at: number): void {
    this.own = [];
    this.low = this.high = at;
  }

  /** The next entry; nothing where it is here already. */
  append(entry: Entry): void {
    if (entry.seq <= this.high) return;
    this.high = entry.seq;
    if (entry.row) this.own.push(entry.row);
  }

  /** Several that follow each other, of which the first may be here already. False where there is a hole before. */
  appendPage(entries: readonly Entry[]): boolean {
    const news = entries.filter((entry) => entry.seq > this.high);
    const first = news[0];
    if (!first) return true;
    if (first.seq !== this.high + 1) return false;
    this.own.push(...this.present(news));
    this.high = news.at(-1)!.seq;
    // What happened while nobody listened may have changed what was here before.
    for (const { change } of news) if (change) this.apply(change);
    return true;
  }

  /** A page of what stands right before the window; its last entry is `low`. */
  prepend(entries: readonly Entry[]): void {
    const first = entries[0];
    if (!first) return;
    this.own.unshift(...this.present(entries));
    this.low = first.seq - 1;
  }

  /** Another place: exactly these entries. */
  replace(entries: readonly Entry[], at: number): void {
    this.clear(at);
    const first = entries[0];
    if (!first) return;
    this.low = first.seq - 1;
    this.high = entries.at(-1)!.seq;
    this.own = this.present(entries);
  }

  /** An edit or a deletion came, of a message that may be here or come later. */
  apply(change: Change): void {
    this.changes.delete(change.target);
    this.changes.set(change.target, change);
    if (this.changes.size > REMEMBERED_CHANGES) this.changes.delete(this.changes.keys().next().value!);
    const at = this.find(change.target);
    if (at >= 0) this.own[at] = changed(this.list[at]!, change);
  }

  /** Entries that cannot be had: they count as seen. */
  skip(gap: Gap): void {
    if (gap.to <= this.high) return;
    this.high = gap.to;
    this.own.push(gap);
  }

  /** Who came and went. What follows on the same place becomes one row, in which coming and going cancel out. */
  pass(joined: readonly string[], left: readonly string[], time: number): void {
    const last = this.list.at(-1);
    const before: Presence | null = last?.kind === "presence" ? last : null;
    const come = new Set(before?.joined);
    const went = new Set(before?.left);
    for (const name of joined) if (!went.delete(name)) come.add(name);
    for (const name of left) if (!come.delete(name)) went.add(name);
    if (before) this.own.pop();
    if (!come.size && !went.size) return;
    const key = before?.key ?? `passed-${(this.passed += 1)}`;
    this.own.push({ kind: "presence", key, seq: this.high, time, joined: [...come], left: [...went] });
  }

  /** Lets the oldest rows go. */
  dropTop(most: number): boolean {
    if (this.list.length <= most) return false;
    this.own = this.list.slice(this.list.length - most);
    // Presence stands behind its entry; any other row is its entry.
    const first = this.list[0]!;
    this.low = first.kind === "presence" ? first.seq : first.seq - 1;
    return true;
  }

  /** Lets the newest rows go. */
  dropBottom(most: number): boolean {
    if (this.list.length <= most) return false;
    this.own = this.list.slice(0, most);
    const last = this.list.at(-1)!;
    this.high = last.kind === "gap" ? last.to : last.seq;
    return true;
  }

  /** Messages by others behind this entry. */
  unreadBehind(seq: number): number {
    let count = 0;
    for (let at = this.list.length - 1; at >= 0; at--) {
      const row = this.list[at]!;
      if (row.kind === "presence") continue;
      if (row.seq <= seq) break;
      if (counts(row)) count += 1;
    }
    return count;
  }

  lastSaid(wanted: (row: Said) => boolean): Said | null {
    const found = this.list.findLast((row) => row.kind === "said" && wanted(row));
    return (found as Said | undefined) ?? null;
  }

  has(seq: number): boolean {
    return seq > this.low && seq <= this.high;
  }

  private find(seq: number): number {
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle]!.seq < seq) low = middle + 1;
      else high = middle;
    }
    // Rows of who came and went bear the number of the entry before them.
    const row = this.list[low];
    return row?.seq === seq && row.kind === "said" ? low : -1;
  }

  /** The rows of entries, with what has changed since the server read them. */
  private present(entries: readonly Entry[]): Row[] {
    return entries.flatMap((entry) => {
      if (!entry.row) return [];
      const change = this.changes.get(entry.seq);
      return [change ? changed(entry.row, change) : entry.row];
    });
  }
}

/** Whether a row is something to read: said by somebody else, or a file of theirs. */
function counts(row: Row): boolean {
  if (row.kind === "said") return !row.own && !row.redacted;
  return row.kind === "noted" && row.what === "shelved" && !row.own;
}
