import { fold, isDirect } from "./names";
import type { RoomHost } from "./host";
import { RoomModel } from "./room";
import type { RoomSummary } from "./types";

/** All rooms that were ever asked about, by the fold of their names; and the list of those that one is in. */
export class Book {
  private readonly rooms = new Map<string, RoomModel>();
  private listed: readonly RoomSummary[] = [];

  constructor(private readonly host: RoomHost) {}

  /** The room of this name: one object for as long as the page lives. */
  room(key: string): RoomModel {
    const found = this.find(key);
    if (found) return found;
    const room = new RoomModel(key, this.host);
    this.rooms.set(fold(key), room);
    // Nobody has to join the private room of two people of whom one is oneself.
    if (isDirect(key) && key.slice(1).split(":").includes(fold(this.host.name))) room.member = true;
    return room;
  }

  find(key: string): RoomModel | null {
    return this.rooms.get(fold(key)) ?? null;
  }

  /** The room as the server spells it, which may not be how somebody typed it. */
  spelled(name: string): RoomModel {
    const room = this.room(name);
    room.key = name;
    return room;
  }

  all(): RoomModel[] {
    return [...this.rooms.values()];
  }

  members(): RoomModel[] {
    return this.all().filter((room) => room.member);
  }

  /** As they stand in the list; the same array as before where nothing changed. */
  list(hidden: (room: RoomModel) => boolean): readonly RoomSummary[] {
    const rooms = this.members().filter((room) => !room.direct || (room.alive && !hidden(room)));
    const next = rooms.map((room) => room.summary).sort(byPlace);
    const same = next.length === this.listed.length && next.every((one, at) => one === this.listed[at]);
    if (!same) this.listed = next;
    return this.listed;
  }
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The lobby, the other open rooms by name, then the direct ones: last spoken in first. */
function byPlace(one: RoomSummary, other: RoomSummary): number {
  if (one.direct !== other.direct) return one.direct ? 1 : -1;
  if (one.direct) return (other.last?.time ?? 0) - (one.last?.time ?? 0) || collator.compare(one.name, other.name);
  const lobby = Number(other.key === "lobby") - Number(one.key === "lobby");
  return lobby || collator.compare(one.name, other.name);
}
