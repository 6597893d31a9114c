import { READ_EVERY_MS } from "./limits";
import type { World } from "./ports";
import type { Noted, Said } from "./types";

/** How far somebody has read in a room, in any session, and where the line "new messages" stands. */
export class Reading {
  read = 0;
  /** Behind which entry; 0: nowhere. */
  line = 0;
  private away = false;
  private sending = false;

  constructor(
    private readonly world: Pick<World, "after">,
    private readonly changed: () => void,
    private readonly send: (seq: number) => void,
  ) {}

  /** What the server knows, and where the log ends. What was read meanwhile is told it. */
  enter(known: number, head: number): void {
    this.read = Math.min(Math.max(this.read, known), Math.max(head, known));
    if (this.read > known) this.send(this.read);
  }

  /** Another session has read. */
  elsewhere(seq: number): void {
    this.read = Math.max(this.read, seq);
  }

  /** The log is another one, and shorter. */
  lower(head: number): void {
    this.read = Math.min(this.read, head);
    if (this.line > head) this.line = 0;
  }

  /** Somebody begins to look. */
  look(unread: number): void {
    this.away = false;
    if (unread && this.read && !this.line) this.line = this.read;
  }

  /** A row came; `unread` were there before it. */
  came(row: Said | Noted, unread: number): void {
    if (row.own) {
      this.line = 0;
      if (!unread) this.mark(row.seq); // whoever speaks has seen what was said before
    } else if (this.away && !unread && row.kind === "said") {
      this.line = row.seq - 1;
      this.away = false;
    }
  }

  mark(seq: number): void {
    if (seq <= this.read) return;
    this.read = seq;
    this.changed();
    if (this.sending) return;
    this.sending = true;
    this.world.after(READ_EVERY_MS, () => {
      this.sending = false;
      this.send(this.read);
    });
  }

  clearLine(): void {
    if (!this.line) return;
    this.line = 0;
    this.changed();
  }

  lookAway(): void {
    this.away = true;
  }

  reset(): void {
    this.read = this.line = 0;
    this.away = false;
  }
}
