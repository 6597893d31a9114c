/**
 * The rooms' shelves as the page knows them. A shelf is asked for when somebody first looks at it, and again when
 * something happens to it or the line was gone.
 */
import {
  RefusedError,
  type Happening,
  type Readable,
  type Refusal,
  type Salon,
  type Unsubscribe,
} from "../model/types";
import type { Shelved } from "./types";
import { Value } from "./value";

export interface ShelfState {
  /** Newest first, then the operator's library by name; null before the first answer. */
  readonly files: readonly Shelved[] | null;
  /** Why it could not be had the last time. */
  readonly refusal: Refusal | null;
}

const UNKNOWN: ShelfState = { files: null, refusal: null };

export class Shelves {
  readonly #salon: Pick<Salon, "ask" | "hear">;
  readonly #shelves = new Map<string, Shelf>();
  readonly #stop: Unsubscribe;

  constructor(salon: Pick<Salon, "ask" | "hear">) {
    this.#salon = salon;
    this.#stop = salon.hear((happening) => this.#hear(happening));
  }

  /** The shelf of a room: asked for as soon as it is listened to. */
  of(room: string): Shelf {
    let shelf = this.#shelves.get(room);
    if (!shelf) this.#shelves.set(room, (shelf = new Shelf(this.#salon, room)));
    return shelf;
  }

  /** Whether some file of this size is known: then its bytes may be there already. */
  knowsSize(size: number): boolean {
    return [...this.#shelves.values()].some((shelf) => shelf.state.files?.some((one) => one.size === size));
  }

  close(): void {
    this.#stop();
  }

  #hear(happening: Happening): void {
    if (happening.kind === "online") for (const shelf of this.#shelves.values()) shelf.outdate();
    if (happening.kind === "noted" && isAboutFiles(happening.entry.what)) this.#shelves.get(happening.room)?.outdate();
  }
}

export class Shelf implements Readable<ShelfState> {
  readonly #value = new Value<ShelfState>(UNKNOWN);
  readonly #salon: Pick<Salon, "ask">;
  readonly #room: string;
  #asking: Promise<void> | null = null;
  /** Something happened since the question went out: the answer may be of before. */
  #old = true;

  constructor(salon: Pick<Salon, "ask">, room: string) {
    this.#salon = salon;
    this.#room = room;
  }

  get state(): ShelfState {
    return this.#value.state;
  }

  subscribe(listener: (state: ShelfState) => void): Unsubscribe {
    const stop = this.#value.subscribe(listener);
    if (this.#old) void this.fresh();
    return stop;
  }

  /** What is known is old; asked for again where somebody looks. */
  outdate(): void {
    this.#old = true;
    if (this.#value.watched) void this.fresh();
  }

  /** Resolves once the state is as new as this call, or cannot be had. */
  async fresh(): Promise<ShelfState> {
    this.#old = true;
    while (this.#old) await (this.#asking ??= this.#ask());
    return this.state;
  }

  async #ask(): Promise<void> {
    this.#old = false;
    try {
      const answer = await this.#salon.ask("list", { what: "files", room: this.#room });
      this.#value.set({ files: readFiles(answer.files), refusal: null });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      // A line that is lost is no news: the shape stays, and it is asked again when the line is back.
      if (error.refusal.code === "unknown_room")
        this.#value.set({ files: [], refusal: null }); // nobody said a word yet
      else if (error.refusal.code !== "lost_server") this.#value.set({ ...this.state, refusal: error.refusal });
    } finally {
      this.#asking = null;
    }
  }
}

/** What a server's list says; what is missing has its default, and what is no file is left out. */
export function readFiles(files: unknown): Shelved[] {
  if (!Array.isArray(files)) return [];
  return files.flatMap((one: Record<string, unknown>) => {
    if (typeof one !== "object" || one === null || typeof one.name !== "string") return [];
    return {
      name: one.name,
      size: number(one.size),
      sha256: text(one.sha256),
      by: text(one.by),
      time: number(one.time),
      downloads: number(one.downloads),
      leavesAfter: number(one.leaves_after),
      library: one.library === true,
    };
  });
}

/** What new files of these names would take off the shelf, and what they would replace. */
export function displaced(
  shelf: readonly Shelved[],
  names: readonly string[],
): { pushesOut: string[]; replaces: string[] } {
  const coming = new Set(names.map((name) => name.normalize("NFC")));
  const own = shelf.filter((file) => !file.library);
  const replaces = own.filter((file) => coming.has(file.name)).map((file) => file.name);
  const staying = own.filter((file) => !coming.has(file.name));
  const keep = keepOf(own);
  if (!keep) return { pushesOut: [], replaces };
  return { pushesOut: staying.slice(Math.max(0, keep - coming.size)).map((file) => file.name), replaces };
}

/** How many files the shelf keeps, from when its files leave; 0: all, or nothing stands on it. */
export function keepOf(shelf: readonly Shelved[]): number {
  const place = shelf.findIndex((file) => !file.library && file.leavesAfter > 0);
  return place < 0 ? 0 : shelf[place]!.leavesAfter + place;
}

function isAboutFiles(what: string): boolean {
  return what === "shelved" || what === "unshelved";
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
