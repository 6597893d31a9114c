/**
 * How high the rows of a long list are, and so where each of them stands: measured where a row has been on the screen,
 * guessed where it has not. Only the rows near the screen are in the page; the rest is empty height.
 *
 * Positions are kept as running sums and made anew when they are asked for after a change: 100,000 additions take less
 * than a millisecond, and a frame asks once.
 */
export interface Tall {
  /** Names the row, for as long as it is the same thing that it shows. */
  readonly key: string;
  /** Its height in CSS pixels as long as nobody has measured it. */
  readonly guess: number;
  /** It stands at an end of the list and stays there when rows come between: no place to keep a reader at. */
  readonly floating?: boolean;
}

export class Heights {
  private rows: readonly Tall[] = [];
  private readonly measured = new Map<string, number>();
  private sums = new Float64Array(1);
  /** Sums up to this row are right. */
  private right = 0;

  get length(): number {
    return this.rows.length;
  }

  /** What the list consists of now. Heights that were measured stay. */
  set(rows: readonly Tall[]): void {
    this.right = Math.min(this.right, common(this.rows, rows));
    this.rows = rows;
    if (this.measured.size > 2 * rows.length + 1_000) this.prune();
  }

  /** A row was seen to be so high. True where that is news. */
  measure(index: number, height: number): boolean {
    const row = this.rows[index]!;
    if (Math.abs(this.height(index) - height) < 0.01) {
      this.measured.set(row.key, height);
      return false;
    }
    this.measured.set(row.key, height);
    this.right = Math.min(this.right, index);
    return true;
  }

  height(index: number): number {
    const row = this.rows[index]!;
    return this.measured.get(row.key) ?? row.guess;
  }

  /** Where the row begins; for the number behind the last one where the list ends. */
  top(index: number): number {
    this.sum();
    return this.sums[index]!;
  }

  get total(): number {
    return this.top(this.rows.length);
  }

  /** The row in which this place lies; the first or last one for a place outside. */
  at(offset: number): number {
    this.sum();
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.sums[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** Everything was laid out anew: what was measured is no more than a guess, but a better one. */
  private prune(): void {
    const kept = new Set(this.rows.map((row) => row.key));
    for (const key of this.measured.keys()) if (!kept.has(key)) this.measured.delete(key);
  }

  private sum(): void {
    const { length } = this.rows;
    if (this.right >= length && this.sums.length > length) return;
    if (this.sums.length <= length) {
      const longer = new Float64Array(2 * length + 64);
      longer.set(this.sums);
      this.sums = longer;
    }
    for (let index = this.right; index < length; index += 1)
      this.sums[index + 1] = this.sums[index]! + this.height(index);
    this.right = length;
  }
}

/** How many rows at the beginning are the same ones. */
function common(before: readonly Tall[], after: readonly Tall[]): number {
  const length = Math.min(before.length, after.length);
  let index = 0;
  while (index < length && before[index]!.key === after[index]!.key && before[index]!.guess === after[index]!.guess)
    index += 1;
  return index;
}
