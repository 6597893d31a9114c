/** A rate forgets what was so many seconds ago by two thirds. */
const SMOOTH_SECONDS = 3;
/** No rate is taken from less. */
const SAMPLE_SECONDS = 0.25;

/** A smoothed rate of bytes, from how far something was at some moments (milliseconds of any steady clock). */
export class Meter {
  rate = 0;
  #then = 0;
  #before = -1;

  /** So many bytes are there. Where there are fewer than before, a part of the way is gone again. */
  note(now: number, offset: number): void {
    if (this.#before < 0 || offset < this.#before) {
      this.#then = now;
      this.#before = offset;
      return;
    }
    const passed = (now - this.#then) / 1000;
    if (passed < SAMPLE_SECONDS) return;
    const current = (offset - this.#before) / passed;
    const weight = this.rate ? passed / (passed + SMOOTH_SECONDS) : 1;
    this.rate += (current - this.rate) * weight;
    this.#then = now;
    this.#before = offset;
  }

  /** Nothing moves for now. */
  stop(): void {
    this.rate = 0;
    this.#before = -1;
  }

  /** Seconds until so many bytes have come at this rate; null where nobody can say. */
  eta(left: number): number | null {
    return this.rate > 0 ? left / this.rate : null;
  }
}
