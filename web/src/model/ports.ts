/** What the model needs of the world. `browser.ts` gives it a browser's, the tests one of their own. */
import type { Unsubscribe } from "./types";

/** Calls off what was arranged. */
export type Cancel = () => void;

/** A connection that carries one document in each message. */
export interface Line {
  send(text: string): void;
  /** Ends it; `closed` is called, soon or late. */
  close(): void;
}

export interface LineEvents {
  opened(): void;
  received(text: string): void;
  /** It is over, or never was: called once. */
  closed(): void;
}

/** Text by key, kept when the page is gone. */
export interface Storage {
  get(key: string): string | null;
  /** False where it could not be kept. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  keys(): string[];
}

export interface Network {
  /** False where the machine knows that it has no network. A server on the same machine is reached all the same. */
  online(): boolean;
  /** Called when that changed, and when somebody comes back to the page after a while. */
  watch(changed: () => void): Unsubscribe;
}

export interface World {
  dial(events: LineEvents): Line;
  /** Milliseconds since 1970. */
  now(): number;
  after(milliseconds: number, act: () => void): Cancel;
  /** Before the screen is drawn next; soon, where nothing is drawn. */
  frame(act: () => void): Cancel;
  /** So many random bytes as hex digits. */
  random(bytes: number): string;
  storage: Storage;
  network: Network;
}
