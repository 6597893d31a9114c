import type { Readable, Unsubscribe } from "../model/types";

/** A value that can be listened to. */
export class Value<T> implements Readable<T> {
  #state: T;
  readonly #listeners = new Set<(state: T) => void>();

  constructor(state: T) {
    this.#state = state;
  }

  get state(): T {
    return this.#state;
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  set(state: T): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  subscribe(listener: (state: T) => void): Unsubscribe {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }
}
