/**
 * What others are sending to the rooms, as the rooms are told. It is in no log: the latest word counts, and where none
 * comes for a while the sender stands still.
 */
import type { Happening, Readable, Unsubscribe } from "../model/types";
import type { Arriving } from "./types";
import { Value } from "./value";

/** The server tells it every half a second while something moves. */
const STILL_MS = 4_000;
/** Who is silent for so long does not send any more; a new word brings the card back. */
const GONE_MS = 120_000;

export function standsStill(arriving: Arriving, now: number): boolean {
  return now - arriving.time > STILL_MS;
}

export class Arrivals implements Readable<readonly Arriving[]> {
  readonly #value = new Value<readonly Arriving[]>([]);
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get state(): readonly Arriving[] {
    return this.#value.state;
  }

  subscribe(listener: (state: readonly Arriving[]) => void): Unsubscribe {
    return this.#value.subscribe(listener);
  }

  hear(happening: Happening): void {
    if (happening.kind === "online") this.#value.set([]);
    if (happening.kind === "noted" && happening.entry.what === "shelved") {
      this.#drop(happening.room, happening.entry.sender, happening.entry.name);
    }
    if (happening.kind !== "sign") return;
    const { sender, name, size, offset } = happening.fields;
    if (typeof sender !== "string" || typeof name !== "string") return;
    if (happening.what === "upload_gone") this.#drop(happening.room, sender, name);
    if (happening.what === "upload" && typeof size === "number") {
      const time = this.#now();
      this.#put({ room: happening.room, sender, name, size, offset: typeof offset === "number" ? offset : 0, time });
    }
  }

  /** Forgets who has been silent for long. Called now and then. */
  sweep(): void {
    const oldest = this.#now() - GONE_MS;
    if (this.state.some((one) => one.time < oldest)) this.#value.set(this.state.filter((one) => one.time >= oldest));
  }

  #put(arriving: Arriving): void {
    const at = this.state.findIndex((one) => same(one, arriving.room, arriving.sender, arriving.name));
    this.#value.set(at < 0 ? [...this.state, arriving] : this.state.with(at, arriving));
  }

  #drop(room: string, sender: string, name: string): void {
    if (this.state.some((one) => same(one, room, sender, name))) {
      this.#value.set(this.state.filter((one) => !same(one, room, sender, name)));
    }
  }
}

function same(one: Arriving, room: string, sender: string, name: string): boolean {
  return one.room === room && one.sender === sender && one.name === name;
}
