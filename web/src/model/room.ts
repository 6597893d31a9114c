/** A room as people use it: reading back and forth, and saying things. */
import { FollowedRoom } from "./followed";
import type { CommandType } from "./outbox";
import type { Draft, Room, Said } from "./types";
import type { Fields } from "./wire";

export class RoomModel extends FollowedRoom implements Room {
  // --- reading ---

  loadOlder(): Promise<void> {
    return this.pager.loadOlder();
  }

  loadNewer(): Promise<void> {
    return this.pager.loadNewer();
  }

  toNewest(): Promise<void> {
    return this.pager.toNewest();
  }

  toEntry(seq: number): Promise<boolean> {
    return this.pager.toEntry(seq);
  }

  setFollowing(atBottom: boolean): void {
    this.pager.following = atBottom;
  }

  markRead(seq: number): void {
    this.reading.mark(Math.min(seq, this.head));
  }

  clearLine(): void {
    this.reading.clearLine();
  }

  lookAway(): void {
    this.reading.lookAway();
  }

  lastOwn(): Said | null {
    return this.pager.lastSaid((row) => row.own && !row.redacted);
  }

  // --- saying ---

  say(words: string, options: { to?: string } = {}): string {
    const to = options.to ?? "";
    if (this.direct) return this.command("message", { to: this.name, text: words });
    return to ? this.host.whisper(to, words) : this.command("message", { room: this.key, text: words });
  }

  edit(seq: number, words: string): string {
    return this.command("edit", { room: this.key, seq, text: words });
  }

  redact(seq: number): string {
    return this.command("delete", { room: this.key, seq });
  }

  setTopic(words: string): string {
    return this.command("topic", { room: this.key, text: words });
  }

  unshelve(name: string): string {
    return this.command("unshelve", { room: this.key, name });
  }

  retry(id: string): void {
    this.host.outbox.retry(id);
  }

  discard(id: string): boolean {
    return this.host.outbox.discard(id);
  }

  typing(): void {
    this.presences.writing(() => this.host.pass("typing", { room: this.key }));
  }

  setDraft(draft: Draft): void {
    if (!this.drafts.set(draft)) return;
    this.summaryStale = true;
    this.host.changed();
  }

  private command(type: CommandType, payload: Fields): string {
    return this.host.outbox.command(type, this.key, payload);
  }
}
