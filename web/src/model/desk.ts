/** The desk between the rooms and the line: who one is, what comes in, what was asked. */
import { Book } from "./book";
import type { FollowedRoom } from "./followed";
import type { RoomHost } from "./host";
import { Kept } from "./kept";
import { Link, type LinkHost } from "./link";
import { directKey, fold, isDirect } from "./names";
import { type Command, Outbox } from "./outbox";
import type { World } from "./ports";
import type { RoomModel } from "./room";
import type { Frames } from "./store";
import type { Happening, Limits, Refusal, Status } from "./types";
import {
  type Bounds,
  bounds,
  type Fields,
  isFields,
  number,
  refusal,
  roomBounds,
  type ServerDocument,
  text,
  texts,
} from "./wire";

const LOBBY = "lobby";
const VERSION = 1; // of the vocabulary
const FRESH_LIMITS: Limits = { text_chars: 1_000_000, name_chars: 64, rooms: 1_000 };
const CANNOT_WRITE: readonly string[] = ["disk_full", "storage_failed"];

export class Desk implements LinkHost, RoomHost {
  readonly outbox: Outbox;
  readonly kept: Kept;
  readonly book: Book;
  readonly link: Link;
  name: string;
  status: Status = { kind: "signed-out", refusal: null };
  ticket: string | null = null;
  limits = FRESH_LIMITS;
  features: readonly string[] = [];
  /** Why the server cannot write anything down. */
  storageTrouble: Refusal | null = null;
  private closing = false;
  /** This page has been in once: a refusal now is another thing than one at the door. */
  private beenHere = false;
  /** What the newest connection asked for, by fold. */
  private wanted = new Map<string, number>();

  constructor(
    readonly world: World,
    readonly frames: Frames,
    readonly changed: () => void,
    readonly happen: (happening: Happening) => void,
  ) {
    this.kept = new Kept(world.storage, (bytes) => world.random(bytes));
    this.name = this.kept.name;
    this.link = new Link(world, this);
    this.book = new Book(this);
    this.outbox = new Outbox(
      world,
      (type, payload) => this.link.write(type, payload),
      (command) => this.commandChanged(command),
    );
  }

  get online(): boolean {
    return this.status.kind === "online";
  }

  private set(status: Status): void {
    this.status = status;
    this.changed();
  }

  // --- coming and going ---

  signIn(name: string, room: string): void {
    this.link.close(false);
    this.name = name.normalize("NFC").trim();
    this.kept.name = this.name;
    if (room && !isDirect(room)) this.kept.addRoom(room);
    this.begin();
  }

  begin(): void {
    if (!this.kept.rooms.length) this.kept.addRoom(LOBBY);
    for (const name of this.kept.rooms) this.book.room(name).member = true;
    for (const command of this.outbox.commands()) this.book.room(command.room);
    this.set({ kind: "connecting", tries: 0, nextTry: 0 });
    this.link.open();
  }

  signOut(): void {
    this.link.close(true);
    this.outbox.clear();
    this.kept.forget();
    for (const room of this.book.all()) room.left();
    this.name = "";
    this.ticket = null;
    this.beenHere = false;
    this.storageTrouble = null;
    this.set({ kind: "signed-out", refusal: null });
  }

  // --- what rooms ask ---

  request(type: string, payload: Fields): Promise<Fields> {
    return this.outbox.request(type, payload);
  }

  pass(type: string, payload: Fields): void {
    this.link.write(type, payload);
  }

  whisper(person: string, words: string): string {
    return this.direct(person).say(words);
  }

  direct(person: string): RoomModel {
    const room = this.book.room(directKey(this.name, person));
    room.call(person);
    return room;
  }

  /** Fold the answer to `join`; the room's key. */
  joined(name: string, answer: Fields): string {
    const room = this.book.spelled(name);
    const known = bounds(answer);
    // Nobody has missed what was said in a room before they came.
    room.enter({ ...known, read: known.read || known.seq }, behind(known, 1));
    if (!room.direct) this.kept.addRoom(room.key);
    return room.key;
  }

  private commandChanged(command: Command): void {
    if (command.state === "sent") {
      this.storageTrouble = null;
      const room = this.book.find(command.room);
      // The entry has come already, or will not: nobody follows that room.
      if (!room?.member || room.head >= command.seq) this.outbox.seen(command.room, command.seq);
    }
    this.book.room(command.room).touch();
  }

  // --- what the link tells ---

  hello(): Fields {
    const members = this.book.members().filter((room) => !room.direct || room.head > 0);
    const rooms = [...members].sort((one, other) => Number(one.direct) - Number(other.direct));
    const asked = rooms.slice(0, this.limits.rooms);
    this.wanted = new Map(asked.map((room) => [fold(room.key), room.since]));
    return {
      name: this.name,
      version: VERSION,
      client: this.kept.secret,
      rooms: Object.fromEntries(asked.map((room) => [room.key, room.since])),
      id: "connect",
    };
  }

  greeted(ack: Fields): void {
    this.name = this.kept.name = text(ack, "name") || this.name;
    this.ticket = text(ack, "ticket") || null;
    this.features = texts(ack, "features");
    if (isFields(ack.limits)) this.limits = limitsOf(ack.limits);
    this.closing = false;
    this.beenHere = true;
    this.set({ kind: "online" });
    const rooms = roomBounds(ack);
    this.letIn(rooms);
    this.outbox.resend();
    this.happen({ kind: "online" });
  }

  private letIn(rooms: Map<string, Bounds>): void {
    const here = new Set([...rooms.keys()].map(fold));
    for (const key of this.wanted.keys()) {
      if (!here.has(key)) this.book.find(key)?.left(); // why comes as an error
    }
    for (const [name, known] of rooms) {
      const since = this.wanted.get(fold(name));
      const room = this.book.spelled(name);
      room.enter(known, behind(known, since === undefined ? 1 : -since));
      // A direct room that we did not know of: follow it, from its last message on.
      if (since === undefined && known.seq) void this.outbox.request("join", { room: name, since: -1 }).catch(() => {});
    }
  }

  trying(): void {
    if (this.status.kind === "offline" || this.status.kind === "connecting") this.set({ ...this.status, nextTry: 0 });
  }

  lost(nextTry: number): void {
    this.ticket = null;
    this.outbox.rest();
    if (!this.beenHere) {
      this.set({ kind: "connecting", tries: this.link.tries, nextTry });
      return;
    }
    const since = this.status.kind === "offline" ? this.status.since : this.world.now();
    const why = this.closing ? "closing" : this.world.network.online() ? "lost" : "network";
    this.set({ kind: "offline", why, since, nextTry });
    for (const room of this.book.all()) room.rested();
  }

  refused(why: Refusal): void {
    this.ticket = null;
    this.outbox.rest();
    if (this.beenHere) {
      this.set({ kind: "refused", refusal: why });
      return;
    }
    this.name = this.kept.name = "";
    this.set({ kind: "signed-out", refusal: why });
  }

  take({ type, payload }: ServerDocument): void {
    if (type === "message") this.takeEntry({ type, payload });
    else if (type === "notification") this.takeNotification(payload);
    else if (type === "gap") this.followed(text(payload, "room"))?.skip(payload, this.hole);
    else if (type === "error") this.takeError(payload);
    else if (text(payload, "id")) this.outbox.settle(text(payload, "id"), payload);
  }

  /** Entries are missing: the line is taken up again, from where we stand. */
  private readonly hole = (): void => this.link.renew();

  private takeEntry(document: ServerDocument): void {
    this.followed(text(document.payload, "room"))?.take(document, this.hole);
  }

  /** A room that something is told of; private ones begin so. Null: the last words of a room that was left. */
  private followed(name: string): FollowedRoom | null {
    const room = this.book.find(name);
    if (room?.member) return room;
    if (!isDirect(name)) return null;
    const direct = this.book.spelled(name);
    direct.member = true;
    return direct;
  }

  private takeNotification(payload: Fields): void {
    const kind = text(payload, "kind");
    if (kind === "closing") this.closing = true;
    else if (number(payload, "seq") && kind !== "read") this.takeEntry({ type: "notification", payload });
    else if (!this.book.find(text(payload, "room"))?.note(kind, payload)) {
      this.happen({ kind: "sign", room: text(payload, "room"), what: kind, fields: payload });
    }
  }

  private takeError(payload: Fields): void {
    const why = refusal(payload);
    const failed = this.outbox.fail(text(payload, "id"), why);
    if (CANNOT_WRITE.includes(why.code)) this.storageTrouble = why;
    if (failed && failed.state === "failed") {
      const sending = this.book.room(failed.room).state.outbox.find((one) => one.id === failed.id);
      if (sending) this.happen({ kind: "failed", room: failed.room, sending });
    } else if (failed === false) {
      this.happen({ kind: "refused", refusal: why });
    }
    this.changed();
  }
}

/** The entry behind which a follower begins that is asked for the last `count`. */
function behind(bounds: Pick<Bounds, "first" | "seq">, count: number): number {
  return Math.max(bounds.first - 1, bounds.seq - count, 0);
}

function limitsOf(limits: Fields): Limits {
  const bytes = number(limits, "file_bytes");
  return {
    text_chars: number(limits, "text_chars") || FRESH_LIMITS.text_chars,
    name_chars: number(limits, "name_chars") || FRESH_LIMITS.name_chars,
    rooms: number(limits, "rooms") || FRESH_LIMITS.rooms,
    ...(bytes ? { file_bytes: bytes } : {}),
  };
}
