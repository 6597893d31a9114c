/** The window of a room and the end of its log: what is there, what is asked for, and whether the two meet. */
import { type Entry, entryOf, filling, gone } from "./entries";
import { CATCH_UP_ENTRIES, PAGE_ENTRIES, RESTING_ROWS, WINDOW_ROWS } from "./limits";
import type { Gap, Row, RoomState } from "./types";
import { type Bounds, documents, type Fields, number, text } from "./wire";
import { RowWindow } from "./window";

export interface PagerHost {
  /** `history` before this number (0: the newest). Rejects where the server refuses. */
  history(before: number, limit: number): Promise<Fields>;
  ownName(): string;
  /** Whether somebody looks at the room. */
  watched(): boolean;
  changed(): void;
}

type Loading = "idle" | "loading" | "failed";

export class Pager {
  /** Number of the newest entry that the server has told of. */
  head = 0;
  /** Number of the first entry that it keeps. */
  first = 1;
  /** The reader stands at the newest row. */
  following = true;
  private readonly window = new RowWindow(0);
  /** Changes when the window is put to another place: a page that was asked for before that belongs nowhere. */
  private place = 0;
  private above: Loading = "idle";
  private below: Loading = "idle";
  private loadingOlder: Promise<void> | null = null;
  private loadingNewer: Promise<void> | null = null;
  private catching = false;

  constructor(private readonly host: PagerHost) {}

  // --- what is there ---

  get rows(): readonly Row[] {
    return this.catching && !this.live
      ? [...this.window.rows, filling(this.window.high + 1, this.head)]
      : this.window.rows;
  }

  get size(): number {
    return this.window.size;
  }

  /** The rows reach to the end of the log. */
  get live(): boolean {
    return this.window.high >= this.head;
  }

  get older(): RoomState["older"] {
    if (this.window.low < this.first) return "none";
    return this.above === "idle" ? "some" : this.above;
  }

  get newer(): RoomState["newer"] {
    if (this.live) return "none";
    return this.below === "idle" ? "some" : this.below;
  }

  has(seq: number): boolean {
    return this.window.has(seq);
  }

  lastSaid = this.window.lastSaid.bind(this.window);

  /** Messages by others behind this entry; where not all of them are here, all entries there. */
  unreadBehind(read: number): number {
    if (read >= this.head) return 0;
    return this.live && this.window.low <= read ? this.window.unreadBehind(read) : this.head - read;
  }

  // --- what the server tells ---

  /** Everything is forgotten; the next entry is the one behind `at`. */
  reset(at: number): void {
    this.place += 1;
    this.window.clear(at);
    this.head = at;
    this.above = this.below = "idle";
    this.catching = false;
    this.loadingOlder = this.loadingNewer = null;
  }

  /** The server follows the room for us, from behind entry `start`; `known`: we have been here before. */
  enter(bounds: Bounds, start: number, known: boolean): void {
    this.first = bounds.first;
    const other = bounds.seq < this.head; // the log is shorter than we knew it: another history
    if (!known || other || (!this.host.watched() && start > this.head)) {
      this.reset(start);
      return;
    }
    const missed = start - this.head;
    if (missed <= 0) return;
    this.head = start;
    if (this.following && missed <= CATCH_UP_ENTRIES) void this.catchUp();
  }

  /** The next entry. False where it is known already; throws nothing, a hole is for the caller to see. */
  take(entry: Entry): boolean {
    if (entry.seq <= this.head) return false;
    const touches = this.window.high === this.head;
    this.head = entry.seq;
    if (entry.change) this.window.apply(entry.change);
    const held = this.host.watched() && !this.following && this.window.size >= WINDOW_ROWS;
    if (touches && !held) {
      this.window.append(entry);
      this.trim();
    }
    return true;
  }

  skip(gap: Gap): void {
    if (gap.from <= this.head && gap.to >= this.head) {
      this.reset(gap.from - 1); // another history, of which we know nothing
      return;
    }
    if (gap.to <= this.head) return;
    const touches = this.window.high === this.head;
    this.head = gap.to;
    if (touches) this.window.skip(gap);
  }

  pass(joined: readonly string[], left: readonly string[], time: number): void {
    if (this.live) this.window.pass(joined, left, time);
  }

  /** Nobody looks any more: only what is new is kept. */
  rest(): void {
    this.following = true;
    if (!this.live) this.place += 1;
    if (this.live) this.window.dropTop(RESTING_ROWS);
    else this.window.clear(this.head);
  }

  // --- pages ---

  loadOlder(): Promise<void> {
    if (this.older === "none") return Promise.resolve();
    this.loadingOlder ??= this.page(this.fetchOlder, (state) => (this.above = state)).finally(() => {
      this.loadingOlder = null;
    });
    return this.loadingOlder;
  }

  loadNewer(): Promise<void> {
    if (this.live) return Promise.resolve();
    this.loadingNewer ??= this.page(this.fetchNewer, (state) => (this.below = state)).finally(() => {
      this.loadingNewer = null;
    });
    return this.loadingNewer;
  }

  async toNewest(): Promise<void> {
    this.following = true;
    if (this.live) return;
    await this.page(this.fetchNewest, (state) => (this.below = state));
    await this.catchUp();
  }

  async toEntry(seq: number): Promise<boolean> {
    if (this.window.has(seq)) return true;
    if (seq < this.first || seq > this.head) return false;
    this.following = false;
    await this.page(
      () => this.fetchAround(seq),
      (state) => (this.below = state),
    );
    return this.window.has(seq);
  }

  /** Page by page until the window meets the end. */
  async catchUp(): Promise<void> {
    if (this.catching) return;
    this.catching = true;
    try {
      for (let high = -1; !this.live && this.window.high > high;) {
        high = this.window.high;
        await this.loadNewer();
      }
    } finally {
      this.catching = false;
      this.host.changed();
    }
  }

  private async page(fetch: () => Promise<void>, set: (state: Loading) => void): Promise<void> {
    const place = this.place;
    set("loading");
    this.host.changed();
    try {
      await fetch.call(this);
      set("idle");
    } catch {
      if (this.place === place) set("failed");
    }
    this.host.changed();
  }

  private async fetchOlder(): Promise<void> {
    const [place, low] = [this.place, this.window.low];
    const page = this.read(await this.host.history(low + 1, PAGE_ENTRIES));
    if (this.place !== place || this.window.low !== low) return;
    this.first = page.first;
    if (page.entries.length) this.window.prepend(page.entries);
    else this.first = Math.max(this.first, low + 1);
    // Somebody reads far above: the newest rows give way, and the window does not grow with what comes.
    if (!this.following) this.window.dropBottom(WINDOW_ROWS);
  }

  /** A page of large entries may hold only its end: then what is before that is asked for too. */
  private async fetchNewer(): Promise<void> {
    const [place, high] = [this.place, this.window.high];
    let entries: Entry[] = [];
    let before = high + PAGE_ENTRIES + 1;
    let first = this.first;
    while (before > Math.max(high + 1, first)) {
      const page = this.read(await this.host.history(before, before - high - 1));
      if (this.place !== place || this.window.high !== high) return;
      first = page.first;
      if (!page.entries.length) break;
      entries = [...page.entries, ...entries];
      before = page.entries[0]!.seq;
    }
    this.first = first;
    if (first > high + 1) this.window.skip(gone(high + 1, first - 1, ""));
    this.window.appendPage(entries);
    this.trim();
  }

  private async fetchNewest(): Promise<void> {
    const page = this.read(await this.host.history(0, PAGE_ENTRIES));
    this.place += 1;
    this.first = page.first;
    this.window.replace(page.entries, page.head);
  }

  private async fetchAround(seq: number): Promise<void> {
    const page = this.read(await this.host.history(seq + PAGE_ENTRIES / 2, PAGE_ENTRIES));
    this.place += 1;
    this.first = page.first;
    if (page.entries.length) this.window.replace(page.entries, seq);
  }

  private read(answer: Fields): { entries: Entry[]; first: number; head: number } {
    const entries = documents(answer, "entries")
      .filter((document) => document.type === "message" || document.type === "notification")
      .map((document) => entryOf(document, this.host.ownName()))
      .filter((entry) => entry.seq > 0);
    return { entries, first: number(answer, "first") || 1, head: number(answer, "seq") };
  }

  private trim(): void {
    this.window.dropTop(this.host.watched() ? WINDOW_ROWS : RESTING_ROWS);
  }
}

/** A gap as the server tells it. */
export function gapOf(payload: Fields): Gap {
  return gone(number(payload, "from"), number(payload, "to"), text(payload, "why"));
}
