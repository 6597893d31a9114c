/**
 * Which part of a long list stands in the page, and where the reader is in it. Pure: pixels in, row numbers out.
 *
 * The reader's place is a row and how far its top lies below the upper edge, never a number of pixels from the list's
 * beginning: so whatever comes, goes or turns out to be higher above, what is being read stays where it is.
 */
import { Heights, type Tall } from "./heights";

/** So much above and below the screen is drawn too: a flick of the wheel does not meet an empty page. Pixels. */
const MARGIN = 700;

export interface Place {
  readonly key: string;
  /** From the upper edge of the screen to the row's top, in pixels; negative where the row began above it. */
  readonly below: number;
}

/** Rows from `from` to before `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export class Window<Row extends Tall> {
  readonly heights = new Heights();
  private index = new Map<string, number>();
  private rows: readonly Row[] = [];
  private before: readonly Row[] = [];

  /** What the list consists of now. */
  set(rows: readonly Row[]): void {
    if (rows === this.rows) return;
    this.before = this.rows;
    this.rows = rows;
    this.heights.set(rows);
    this.index = new Map(rows.map((row, at) => [row.key, at]));
  }

  indexOf(key: string): number {
    return this.index.get(key) ?? -1;
  }

  /**
   * The place of whoever looks at the list from this offset on. Of what they see only the drawn rows are known in their
   * height: the first of these holds the others.
   */
  placeAt(offset: number, drawn: Range, height: number): Place | null {
    let at = this.heights.at(offset);
    if (this.rows[at]?.floating && at + 1 < this.rows.length) at += 1;
    const seen = drawn.from < drawn.to && this.heights.top(drawn.from) < offset + height;
    if (at < drawn.from && seen) at = drawn.from;
    const row = this.rows[at];
    return row === undefined ? null : { key: row.key, below: this.heights.top(at) - offset };
  }

  /** The offset at which this place is where it was; null for the end of the list. */
  offsetOf(place: Place | null, height: number): number {
    const end = Math.max(0, this.heights.total - height);
    if (place === null) return end;
    const at = this.indexOf(this.present(place.key));
    return at < 0 ? end : Math.min(end, Math.max(0, this.heights.top(at) - place.below));
  }

  /** Where the row is gone, the next of those around it that is still there. */
  private present(key: string): string {
    if (this.index.has(key)) return key;
    const at = this.before.findIndex((row) => row.key === key);
    if (at < 0) return key;
    for (let away = 1; away < this.before.length; away += 1) {
      for (const near of [this.before[at + away], this.before[at - away]]) {
        if (near !== undefined && this.index.has(near.key)) return near.key;
      }
    }
    return key;
  }

  /** The rows to draw for a screen of this height at this offset; those drawn now are kept while they suffice. */
  range(offset: number, height: number, now: Range): Range {
    const { length } = this.rows;
    if (length === 0) return { from: 0, to: 0 };
    const covers = (range: Range, margin: number): boolean =>
      range.to <= length &&
      (range.from === 0 || this.heights.top(range.from) <= offset - margin) &&
      (range.to === length || this.heights.top(range.to) >= offset + height + margin);
    const most = 2 * MARGIN + height;
    const lean =
      now.to > now.from && now.to <= length && this.heights.top(now.to) - this.heights.top(now.from) < 2 * most;
    if (lean && covers(now, MARGIN / 2)) return now;
    return { from: this.heights.at(offset - MARGIN), to: this.heights.at(offset + height + MARGIN) + 1 };
  }
}
