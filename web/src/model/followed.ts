/** A room as the server tells of it: what was said, who is there, how far one has read. */
import { Drafts } from "./drafts";
import { entryOf } from "./entries";
import type { RoomHost } from "./host";
import { PAGE_ENTRIES } from "./limits";
import { isDirect, otherOf } from "./names";
import { type Command, sending } from "./outbox";
import { gapOf, Pager } from "./pager";
import { Presences } from "./presences";
import { Reading } from "./reading";
import { Store } from "./store";
import type { Draft, Noted, Readable, RoomState, RoomSummary, Said, Unsubscribe } from "./types";
import { type Bounds, type Fields, number, type ServerDocument, text, texts } from "./wire";

/** A room that nobody looks at for so long gives its rows back: not while a screen is only drawn anew. */
const REST_MS = 1_000;

export abstract class FollowedRoom implements Readable<RoomState> {
  /** One is in it. A direct room is there as soon as one of the two is oneself. */
  member = false;
  topic = "";
  /** The last message; known also where the rows do not reach it. */
  last: Said | null = null;
  private other = "";
  private entered = 0;
  private placed = false;
  private summarised: RoomSummary | null = null;
  protected summaryStale = true;
  protected readonly store: Store<RoomState>;
  protected readonly pager: Pager;
  protected readonly reading: Reading;
  protected readonly presences: Presences;
  protected readonly drafts: Drafts;

  constructor(
    public key: string,
    protected readonly host: RoomHost,
  ) {
    const changed = (): void => this.touch();
    this.store = new Store(host.frames, () => this.compute());
    this.drafts = new Drafts(host.world.storage, () => this.key);
    this.presences = new Presences(host.world, changed);
    this.reading = new Reading(host.world, changed, (seq) => host.pass("read", { room: this.key, seq }));
    this.pager = new Pager({
      history: (before, limit) => host.request("history", { room: this.key, before, limit }),
      ownName: () => host.name,
      watched: () => this.watched,
      changed,
    });
  }

  // --- how it is shown ---

  get state(): RoomState {
    return this.store.state;
  }

  get direct(): boolean {
    return isDirect(this.key);
  }

  get name(): string {
    return this.direct ? this.other || otherOf(this.key, this.host.name) : this.key;
  }

  get watched(): boolean {
    return this.store.watched;
  }

  get head(): number {
    return this.pager.head;
  }

  /** Where the server's follower begins when it follows the room for us, as `since`. */
  get since(): number {
    return this.watched && !this.placed ? -PAGE_ENTRIES : -1;
  }

  get draft(): Draft {
    return this.drafts.draft;
  }

  /** Whether a direct room has anything to list it for. */
  get alive(): boolean {
    return this.head > 0 || this.watched || this.commands().length > 0;
  }

  subscribe(listener: (state: RoomState) => void): Unsubscribe {
    const first = !this.watched;
    const end = this.store.subscribe(listener);
    if (first) this.look();
    return () => {
      end();
      if (!this.watched) this.host.world.after(REST_MS, () => this.rest());
    };
  }

  private compute(): RoomState {
    const pager = this.pager;
    return {
      key: this.key,
      name: this.name,
      direct: this.direct,
      joined: this.member,
      topic: this.topic,
      people: this.presences.people,
      typing: this.presences.typing,
      rows: pager.rows,
      outbox: this.commands().map(sending),
      head: pager.head,
      first: pager.first,
      older: pager.older,
      newer: pager.newer,
      live: pager.live,
      unread: this.unread,
      read: this.reading.read,
      line: this.reading.line,
      loading: this.member && this.loading,
    };
  }

  /** The same object as before where nothing of it changed. */
  get summary(): RoomSummary {
    if (!this.summaryStale) return this.summarised!;
    this.summaryStale = false;
    const commands = this.commands();
    const next: RoomSummary = {
      key: this.key,
      name: this.name,
      direct: this.direct,
      topic: this.topic,
      unread: this.unread,
      last: this.last,
      waiting: commands.filter((one) => one.state !== "failed").length,
      failed: commands.filter((one) => one.state === "failed").length,
      draft: this.draft.text !== "",
    };
    const before = this.summarised;
    const keys = Object.keys(next) as (keyof RoomSummary)[];
    if (!before || keys.some((key) => before[key] !== next[key])) this.summarised = next;
    return this.summarised!;
  }

  private get unread(): number {
    return this.pager.unreadBehind(this.reading.read);
  }

  private get loading(): boolean {
    if (!this.placed) return !this.direct || this.head > 0 || !this.host.online;
    return this.head < this.entered || (this.pager.size === 0 && this.pager.older === "loading");
  }

  private commands(): Command[] {
    return this.host.outbox.commands().filter((one) => one.room === this.key);
  }

  touch(): void {
    this.summaryStale = true;
    this.store.touch();
    this.host.changed();
  }

  // --- what the server tells ---

  /** The server follows it for us. `start`: the entry behind which it begins. */
  enter(bounds: Bounds, start: number): void {
    this.pager.enter(bounds, start, this.placed);
    this.member = this.placed = true;
    this.entered = bounds.seq;
    this.topic = bounds.topic;
    this.reading.enter(bounds.read, this.pager.head);
    this.presences.forget();
    if (this.watched) this.look();
    this.touch();
  }

  /** An entry. True where it is news; false where it is known. `hole`: something before it is missing. */
  take(document: ServerDocument, hole: () => void): void {
    const entry = entryOf(document, this.host.name);
    if (entry.seq > this.head + 1) {
      hole();
      return;
    }
    if (entry.row?.kind === "said") this.meet(entry.row);
    const row = this.ownCommand(entry.id, entry.row);
    const before = this.unread;
    if (!this.pager.take({ ...entry, row })) return;
    // A direct room begins with its first entry, without having been entered: from here on we know where we are in it.
    if (this.direct) this.member = this.placed = true;
    if (entry.change?.target === this.last?.seq) this.last = this.pager.lastSaid(() => true) ?? this.last;
    if (row?.kind === "said") this.last = row;
    if (row?.kind === "noted" && row.what === "topic") this.topic = row.topic;
    if (row) this.reading.came(row, before);
    this.host.outbox.seen(this.key, entry.seq);
    if (row && entry.seq > this.entered) this.announce(row);
    this.touch();
  }

  skip(payload: Fields, hole: () => void): void {
    const gap = gapOf(payload);
    if (gap.from > this.head + 1) hole();
    else this.pager.skip(gap);
    this.reading.lower(this.head);
    this.touch();
  }

  /** A sign that is in no log. False where this is not one that rooms know. */
  note(kind: string, payload: Fields): boolean {
    const own = this.host.name;
    if (kind === "read") this.reading.elsewhere(number(payload, "target") || number(payload, "seq"));
    else if (kind === "members") this.presences.are(texts(payload, "members"));
    else if (kind === "typing") this.presences.types(text(payload, "sender"), own);
    else if (kind === "presence") {
      const [joined, left] = [texts(payload, "joined"), texts(payload, "left")];
      this.presences.change(joined, left);
      const others = (names: string[]): string[] => names.filter((name) => name !== own);
      this.pager.pass(others(joined), others(left), this.host.world.now());
      this.host.happen({ kind: "sign", room: this.key, what: kind, fields: payload });
    } else return false;
    this.touch();
    return true;
  }

  /** The line is gone. */
  rested(): void {
    this.presences.quiet();
    this.touch();
  }

  /** One is in it no longer: nothing is known of it any more. */
  left(): void {
    this.member = this.placed = false;
    this.pager.reset(0);
    this.reading.reset();
    this.presences.forget();
    this.drafts.reload();
    this.last = null;
    this.entered = 0;
    this.topic = "";
    this.touch();
  }

  /** How the other person of a direct room is called. */
  call(person: string): void {
    this.other = person;
    this.member = true;
    this.touch();
  }

  private meet(row: Said): void {
    this.presences.spoke(row.sender);
    if (this.direct) this.other = (row.own ? row.to : row.sender) || this.other;
  }

  /** A row of one's own keeps the key under which it was shown while it was on its way. */
  private ownCommand(id: string, row: Said | Noted | null): Said | Noted | null {
    const command = row?.own && id ? this.host.outbox.find(id) : null;
    return row && command?.room === this.key ? { ...row, key: `out-${id}` } : row;
  }

  private announce(row: Said | Noted): void {
    // One's own words are no news to oneself; one's own file is to the shelf.
    if (row.kind === "noted") this.host.happen({ kind: "noted", room: this.key, entry: row });
    else if (!row.own) this.host.happen({ kind: "said", room: this.key, entry: row });
  }

  // --- looking ---

  /** Somebody looks, or the line is there again while somebody does: have what a screen shows. */
  private look(): void {
    this.reading.look(this.unread);
    this.touch();
    if (!this.member || !this.host.online || (this.direct && this.head === 0)) return;
    const coming = this.entered - this.head; // entries that the server sends as it is
    if (this.pager.live && this.pager.size + coming < PAGE_ENTRIES / 2) void this.pager.loadOlder();
    if (this.presences.people === null) void this.askWhoIsHere();
  }

  private async askWhoIsHere(): Promise<void> {
    try {
      this.presences.are(texts(await this.host.request("list", { what: "members", room: this.key }), "members"));
      this.touch();
    } catch {
      // A room that cannot be asked about says so where it is entered.
    }
  }

  private rest(): void {
    if (this.watched) return;
    this.pager.rest();
    this.touch();
  }
}
