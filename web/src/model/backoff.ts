import { FIRST_WAIT_MS, LONGEST_WAIT_MS } from "./limits";

/**
 * Waits that double from 0.1 s to 10 s, each shortened by up to half: a thousand pages that lost one server do not come
 * back at one moment. `chance` gives numbers from 0 to 1.
 */
export class Backoff {
  tries = 0;

  constructor(private readonly chance: () => number) {}

  /** Milliseconds until the next try. */
  next(): number {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries);
    this.tries = Math.min(this.tries + 1, 16);
    return longest * (0.5 + 0.5 * this.chance());
  }

  reset(): void {
    this.tries = 0;
  }
}
