/** The whole: one person at one server, over a line that comes and goes. */
import { Desk } from "./desk";
import { isDirect } from "./names";
import type { World } from "./ports";
import { lostServer } from "./refused";
import type { RoomModel } from "./room";
import { Frames, Store } from "./store";
import {
  type Happening,
  type OpenRoom,
  RefusedError,
  type Room,
  type Salon,
  type SalonState,
  type Unsubscribe,
} from "./types";
import { type Fields, number, objects, text } from "./wire";

export function createSalon(world: World): Salon {
  return new SalonModel(world);
}

class SalonModel implements Salon {
  private readonly desk: Desk;
  private readonly store: Store<SalonState>;
  private readonly hearers = new Set<(happening: Happening) => void>();

  constructor(world: World) {
    const frames = new Frames(world);
    this.store = new Store(frames, () => this.compute());
    this.desk = new Desk(
      world,
      frames,
      () => this.store.touch(),
      (happening) => this.happen(happening),
    );
    if (this.desk.name) this.desk.begin();
  }

  // --- how it is shown ---

  get state(): SalonState {
    return this.store.state;
  }

  get ticket(): string | null {
    return this.desk.ticket;
  }

  subscribe(listener: (state: SalonState) => void): Unsubscribe {
    return this.store.subscribe(listener);
  }

  private compute(): SalonState {
    const desk = this.desk;
    const rooms = desk.book.list((room) => this.isHidden(room));
    return {
      status: desk.status,
      name: desk.name,
      rooms,
      unread: rooms.reduce((sum, room) => sum + room.unread, 0),
      waiting: rooms.reduce((sum, room) => sum + room.waiting, 0),
      unkept: desk.outbox.unkept ? "storage" : "",
      storage: desk.storageTrouble,
      limits: desk.limits,
      features: desk.features,
    };
  }

  private isHidden(room: RoomModel): boolean {
    const seq = this.desk.kept.hiddenUpTo(room.key);
    return seq > 0 && room.head <= seq && !room.watched;
  }

  hear(listener: (happening: Happening) => void): Unsubscribe {
    const own = (happening: Happening): void => listener(happening);
    this.hearers.add(own);
    return () => {
      this.hearers.delete(own);
    };
  }

  private happen(happening: Happening): void {
    for (const hearer of [...this.hearers]) hearer(happening);
  }

  // --- coming and going ---

  signIn(name: string, room = ""): void {
    this.desk.signIn(name, room);
  }

  signOut(): void {
    this.desk.signOut();
  }

  retry(): void {
    if (this.desk.status.kind === "refused") this.desk.begin();
    else this.desk.link.hurry();
  }

  close(): void {
    this.desk.link.close(false);
  }

  // --- rooms ---

  room(key: string): Room {
    return this.desk.book.room(key);
  }

  direct(person: string): Room {
    return this.desk.direct(person);
  }

  async join(name: string): Promise<string> {
    const known = this.desk.book.find(name);
    if (known?.member && this.desk.online) return known.key;
    let key = name;
    // In the same step as the answer: the room's entries may be right behind it.
    await this.request("join", { room: name, since: -1 }, (answer) => {
      key = this.desk.joined(text(answer, "room") || name, answer);
    });
    return key;
  }

  leave(key: string): void {
    const room = this.desk.book.room(key);
    if (room.direct) {
      this.desk.kept.hide(room.key, room.head);
      this.store.touch();
      return;
    }
    this.desk.kept.dropRoom(room.key);
    room.left();
    if (this.desk.online) void this.desk.request("leave", { room: room.key }).catch(() => {});
  }

  async listRooms(): Promise<readonly OpenRoom[]> {
    const answer = await this.request("list", { what: "rooms" });
    return objects(answer, "rooms")
      .map((line) => ({ name: text(line, "name"), topic: text(line, "topic"), here: number(line, "here") }))
      .filter((line) => !isDirect(line.name))
      .map((line) => ({ ...line, joined: this.desk.book.find(line.name)?.member ?? false }));
  }

  ask(type: string, payload: Fields): Promise<Fields> {
    return this.request(type, payload);
  }

  /** Only while there is a line: whoever asks waits for the answer, and not for a server to come back. */
  private async request(type: string, payload: Fields, fold?: (answer: Fields) => void): Promise<Fields> {
    if (!this.desk.online) throw new RefusedError(lostServer("the server"));
    return this.desk.outbox.request(type, payload, fold);
  }
}
