import type { Outbox } from "./outbox";
import type { World } from "./ports";
import type { Frames } from "./store";
import type { Happening } from "./types";
import type { Fields } from "./wire";

/** What rooms need of the whole. */
export interface RoomHost {
  readonly world: World;
  readonly frames: Frames;
  readonly outbox: Outbox;
  readonly name: string;
  readonly online: boolean;
  /** Sends what is worth nothing later. */
  pass(type: string, payload: Fields): void;
  request(type: string, payload: Fields): Promise<Fields>;
  /** Says something to one person, in the private room of the two. */
  whisper(person: string, words: string): string;
  /** Something changed that the list of rooms shows. */
  changed(): void;
  happen(happening: Happening): void;
}
