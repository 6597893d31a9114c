/**
 * What is being written in one room: a new message to all or to one person, or a change of an old one. What one was
 * writing before a change is put aside and comes back after it.
 */
import type { Draft, Room } from "../../model/types";

/** A draft is kept when the writer pauses for so long. Milliseconds. */
const PAUSE = 400;

const aside = new Map<string, Draft>();

export class Desk {
  text = $state("");
  /** The person to whom it goes; empty: to all. */
  to = $state("");
  /** Number of the message that is being changed, or 0. */
  editing = $state(0);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly room: Room) {
    this.take(room.draft);
  }

  get empty(): boolean {
    return this.text.trim() === "";
  }

  /** Something was written. */
  changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
    // Whoever writes to one person tells nobody else of it.
    if (!this.empty && this.to === "" && this.editing === 0) this.room.typing();
  }

  /** What is here is kept now: the page or the room is left. */
  keep(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.room.setDraft({ text: this.text, to: this.to, editing: this.editing });
  }

  /** Change a message. */
  edit(seq: number, text: string): void {
    if (this.editing === 0) aside.set(this.room.key, { text: this.text, to: this.to, editing: 0 });
    this.take({ text, to: "", editing: seq });
    this.keep();
  }

  /** The message stays as it is. */
  cancel(): void {
    this.take(aside.get(this.room.key) ?? { text: "", to: this.to, editing: 0 });
    aside.delete(this.room.key);
    this.keep();
  }

  /** Sends what is here. Returns to whom it went alone, or ''. */
  send(): string {
    const { text, to, editing } = this;
    if (editing > 0) {
      this.room.edit(editing, text);
      this.cancel();
      return "";
    }
    this.room.say(text, to ? { to } : {});
    // The next one goes to the same person: what was meant for one must not reach all because of a click not made.
    this.take({ text: "", to, editing: 0 });
    this.keep();
    return to;
  }

  private take(draft: Draft): void {
    this.text = draft.text;
    this.to = draft.to;
    this.editing = draft.editing;
  }
}
