/**
 * Moves a `Window` over a list in the page: measures what is drawn, keeps the reader's place, stays at the end while
 * the reader is there.
 *
 * The browser's own anchoring of scrolled content is switched off: it knows only rows that are in the page.
 */
import { untrack } from "svelte";

import type { Tall } from "./heights";
import { Window, type Place, type Range } from "./window";

/** So near to the end is at the end: one turn of a wheel less. Pixels. */
const NEAR_END = 24;

export class Scroller<Row extends Tall> {
  readonly window = new Window<Row>();
  /** Where the reader is; null: at the end, whatever comes. */
  private place: Place | null = null;
  /** Rises with whatever may change which rows are drawn. */
  private turn = $state(0);
  private atEnd = $state(true);
  private drawn: Range = { from: 0, to: 0 };
  private height = 0;
  /** The offset that we know of: another one is the reader's doing. */
  private known = 0;
  private viewport: HTMLElement | undefined;
  private content: HTMLElement | undefined;

  /** `moved` is called after each move of the reader and each change of what is around them. */
  constructor(private readonly moved: () => void) {}

  /** Whether the reader stands at the end of the list. */
  get ended(): boolean {
    return this.atEnd;
  }

  /** Takes the elements: the one that scrolls, and within it the one whose children are the rows. */
  attach(viewport: HTMLElement, content: HTMLElement): () => void {
    this.viewport = viewport;
    this.content = content;
    this.height = viewport.clientHeight;
    const watcher = new ResizeObserver(() => this.resized());
    watcher.observe(viewport);
    watcher.observe(content);
    viewport.addEventListener("scroll", this.scrolled, { passive: true });
    this.turn += 1;
    return () => {
      watcher.disconnect();
      viewport.removeEventListener("scroll", this.scrolled);
    };
  }

  /** The rows to draw. Reading it in an effect or a derived value subscribes to where the reader is. */
  range(rows: readonly Row[]): Range {
    void this.turn;
    this.window.set(rows);
    const offset = this.window.offsetOf(this.place, this.height);
    this.drawn = this.window.range(offset, this.height, this.drawn);
    return this.drawn;
  }

  /** After the rows are in the page: look how high they are, and put the reader where they were. Before it is painted. */
  settle(): void {
    const { viewport, content } = this;
    if (viewport === undefined || content === undefined) return;
    const { from, to } = this.drawn;
    const { children } = content;
    let news = false;
    for (let at = 0; at < children.length && from + at < to; at += 1) {
      news = this.window.heights.measure(from + at, children[at]!.getBoundingClientRect().height) || news;
    }
    const { heights } = this.window;
    content.style.paddingBlockStart = `${heights.top(from)}px`;
    content.style.paddingBlockEnd = `${heights.total - heights.top(to)}px`;
    this.put(viewport, this.window.offsetOf(this.place, this.height));
    // What was guessed too high leaves the screen half empty: draw more.
    if (news) this.look();
    this.moved();
  }

  /** To the end, and stay there. */
  toEnd(): void {
    this.place = null;
    this.atEnd = true;
    this.turn += 1;
  }

  /** Brings the row to this share of the screen, 0 being its top. */
  toRow(key: string, share: number): void {
    this.place = { key, below: share * this.height };
    this.atEnd = false;
    this.turn += 1;
  }

  /** Whoever was at the end of these rows is not at the end of everything: stay with what is being read. */
  stay(): void {
    if (this.place !== null || this.viewport === undefined) return;
    this.place = this.window.placeAt(this.viewport.scrollTop, this.drawn, this.height);
    this.atEnd = false;
  }

  /** Moves by so many pixels, as the reader's own doing. */
  by(pixels: number): void {
    if (this.viewport !== undefined) this.viewport.scrollTop += pixels;
  }

  /** Pixels of list above the screen, and below it. */
  get above(): number {
    return this.viewport?.scrollTop ?? 0;
  }

  get below(): number {
    return this.window.heights.total - this.above - this.height;
  }

  /** The height of the screen in pixels. */
  get screen(): number {
    return this.height;
  }

  /** The last row that is seen whole, or at least whose end is. */
  lastSeen(): number {
    const end = this.above + this.height;
    const at = this.window.heights.at(end);
    return this.window.heights.top(Math.min(at + 1, this.window.heights.length)) <= end + 1 ? at : at - 1;
  }

  private readonly scrolled = (): void => {
    const viewport = this.viewport!;
    const top = viewport.scrollTop;
    if (Math.abs(top - this.known) < 1) return;
    this.known = top;
    const end = viewport.scrollHeight - top - this.height <= NEAR_END;
    this.place = end ? null : this.window.placeAt(top, this.drawn, this.height);
    this.atEnd = end;
    this.look();
    this.moved();
  };

  private resized(): void {
    this.height = this.viewport?.clientHeight ?? 0;
    this.settle();
    this.look();
  }

  /** Draws anew if what is drawn does not suffice any more. */
  private look(): void {
    const before = this.drawn;
    const offset = this.window.offsetOf(this.place, this.height);
    const range = this.window.range(offset, this.height, before);
    if (range !== before) untrack(() => (this.turn += 1));
  }

  private put(viewport: HTMLElement, offset: number): void {
    if (Math.abs(viewport.scrollTop - offset) >= 0.5) viewport.scrollTop = offset;
    this.known = viewport.scrollTop;
  }
}
