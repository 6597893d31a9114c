/**
 * How far somebody has read, and what has to be fetched because of where they are: decided anew after each move and each
 * change.
 */
import type { Room, RoomState } from "../../model/types";
import type { Line } from "./lines";
import type { Scroller } from "./scroller.svelte";

/** The next page is asked for when less than so many screens are left. */
const AHEAD = 2;
/** What is not read begins here on the screen, so that some of what was read can be seen above it. Share of it. */
const FRESH_AT = 0.25;

export class Reading {
  private view: RoomState | undefined;
  /** Up to this entry the reader has seen everything. */
  private seen = $state(0);
  private lastSent = "";
  /** The newest rows were asked for and are on their way to the screen. */
  private wanted = false;

  constructor(
    private readonly room: Room,
    private readonly scroller: Scroller<Line>,
    private readonly lines: () => readonly Line[],
  ) {}

  /** How many messages by others have come behind what was seen. */
  waiting(view: RoomState): number {
    if (!view.live) return view.unread;
    let count = 0;
    const lines = this.lines();
    for (let at = lines.length - 1; at >= 0 && lines[at]!.seq > this.seen; at -= 1) {
      const line = lines[at]!;
      if (line.kind === "said" && !line.row.own) count += 1;
    }
    return count;
  }

  /** The room has changed. Called before the reader is put in place. */
  changed(view: RoomState): void {
    const first = this.view === undefined;
    this.view = view;
    if (first) this.begin(view);
    if (!view.live) this.scroller.stay();
    else if (this.wanted) this.scroller.toEnd();
    if (view.live) this.wanted = false;
    this.followOwn(view, first);
  }

  /** To the newest, whatever is between. */
  async toNewest(): Promise<void> {
    await this.room.toNewest();
    if (this.view?.live) this.scroller.toEnd();
    else this.wanted = this.room.state.live;
  }

  /** The reader has moved, or looks at the page again. */
  moved(): void {
    const { view, scroller, room } = this;
    if (view === undefined) return;
    if (!view.live) scroller.stay();
    room.setFollowing(scroller.ended && view.live);
    const last = this.lines()[scroller.lastSeen()];
    if (last !== undefined && last.seq > this.seen) this.seen = last.seq;
    if (this.seen > view.read && document.visibilityState === "visible" && document.hasFocus())
      room.markRead(this.seen);
    if (view.older === "some" && scroller.above < AHEAD * scroller.screen) void room.loadOlder();
    if (view.newer === "some" && scroller.below < AHEAD * scroller.screen) void room.loadNewer();
  }

  /** Who has much to read begins where they left off; else at the end. */
  private begin(view: RoomState): void {
    const lines = this.lines();
    const at = lines.findIndex((line) => line.fresh);
    this.seen = view.line;
    if (at < 0) return;
    const { heights } = this.scroller.window;
    const rest = heights.total - heights.top(at);
    if (rest > (1 - FRESH_AT) * this.scroller.screen) this.scroller.toRow(lines[at]!.key, FRESH_AT);
  }

  /** What one says oneself is wanted to be seen. */
  private followOwn(view: RoomState, first: boolean): void {
    const last = view.outbox.findLast((sending) => sending.what === "message");
    if (last === undefined || last.key === this.lastSent) return;
    this.lastSent = last.key;
    if (first) return;
    if (view.live) this.scroller.toEnd();
    else void this.toNewest();
  }
}
