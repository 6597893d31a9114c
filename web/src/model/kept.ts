import { fold } from "./names";
import type { Storage } from "./ports";
import { isFields } from "./wire";

/**
 * What this browser keeps of somebody: their name, the secret that makes the name theirs, the rooms they are in. One
 * person for all tabs. Every key of the model's begins with `salon/`.
 */
export class Kept {
  /** By room; looked at for each line of a list, so not read anew each time. */
  private hidden: Record<string, unknown> | null = null;

  constructor(
    private readonly storage: Storage,
    private readonly random: (bytes: number) => string,
  ) {}

  get name(): string {
    return this.storage.get("salon/name") ?? "";
  }

  set name(name: string) {
    if (name) this.storage.set("salon/name", name);
    else this.storage.remove("salon/name");
  }

  /** 128 random bits as hex digits, made once. */
  get secret(): string {
    const known = this.storage.get("salon/secret") ?? "";
    if (/^[0-9a-f]{32}$/.test(known)) return known;
    const secret = this.random(16);
    this.storage.set("salon/secret", secret);
    return secret;
  }

  /** Open rooms, in the order in which they were joined. */
  get rooms(): string[] {
    const rooms: unknown = this.read("salon/rooms");
    return Array.isArray(rooms) ? rooms.filter((room) => typeof room === "string") : [];
  }

  // Read before each change: another tab may have joined something too.

  addRoom(name: string): void {
    const rooms = this.rooms.filter((room) => fold(room) !== fold(name));
    this.storage.set("salon/rooms", JSON.stringify([...rooms, name]));
  }

  dropRoom(name: string): void {
    this.storage.set("salon/rooms", JSON.stringify(this.rooms.filter((room) => fold(room) !== fold(name))));
  }

  /** Up to which entry a direct room was taken off the list; 0 where it was not. */
  hiddenUpTo(room: string): number {
    const seq = this.hiddenRooms()[room];
    return typeof seq === "number" ? seq : 0;
  }

  hide(room: string, seq: number): void {
    this.hidden = { ...this.hiddenRooms(), [room]: seq };
    this.storage.set("salon/hidden", JSON.stringify(this.hidden));
  }

  private hiddenRooms(): Record<string, unknown> {
    const kept = this.hidden ?? this.read("salon/hidden");
    return (this.hidden = isFields(kept) ? { ...kept } : {});
  }

  /** Everything, drafts and what was not sent too. */
  forget(): void {
    this.hidden = null;
    for (const key of this.storage.keys()) if (key.startsWith("salon/")) this.storage.remove(key);
  }

  private read(key: string): unknown {
    try {
      return JSON.parse(this.storage.get(key) ?? "null");
    } catch {
      return null;
    }
  }
}
