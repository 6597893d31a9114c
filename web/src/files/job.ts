/** What uploads and downloads share: their state, their rate, and when to try again. */
import { Backoff } from "../model/backoff";
import type { Refusal } from "../model/types";
import type { Order, Report } from "./getting";
import type { Keep } from "./keeping";
import { Meter } from "./meter";
import { isOver, type Transfer, type TransferState } from "./types";

/** The worker that gets and hashes. */
export interface Hand {
  order(order: Order): void;
  /** Called with each report until `end`. */
  hear(listener: (report: Report) => void): void;
  end(): void;
}

/** What a transfer needs of the page around it. */
export interface Ground {
  /** Shown with each request; null while there is no line. */
  ticket(): string | null;
  now(): number;
  after(milliseconds: number, act: () => void): () => void;
  chance(): number;
  hand(): Hand;
  keep: Keep;
  /** Gives the person what has come: the part of this name, or the bytes themselves. */
  save(part: string, file: Blob | null, name: string): Promise<void>;
  /** Whether some file of this size is on a shelf that is known. */
  knowsSize(size: number): boolean;
  /** The transfer is another one now. */
  changed(job: Job): void;
}

const DECIMALS = 1;

export abstract class Job {
  transfer: Transfer;
  protected readonly ground: Ground;
  readonly #meter = new Meter();
  readonly #backoff: Backoff;
  #callOff = () => {};
  /** When something of it moved last. */
  moved = 0;

  constructor(ground: Ground, transfer: Transfer) {
    this.ground = ground;
    this.transfer = transfer;
    this.#backoff = new Backoff(() => ground.chance());
  }

  /** It has its turn. */
  abstract run(): void;
  /** It stops moving, and keeps what is there. */
  protected abstract stop(): void;
  /** It is remembered over a reload again. */
  protected abstract remember(): void;
  /** Nothing of it stays. */
  protected abstract discard(): void;

  /** Whether it takes one of the places of those that move. */
  get busy(): boolean {
    return this.transfer.state === "moving" || this.transfer.state === "checking" || this.transfer.state === "waiting";
  }

  get over(): boolean {
    return isOver(this.transfer.state);
  }

  pause(): void {
    if (this.over || this.transfer.state === "paused" || this.transfer.state === "needs-file") return;
    this.#callOff();
    this.stop();
    this.rest("paused");
  }

  proceed(): void {
    if (this.transfer.state !== "paused" && this.transfer.state !== "failed") return;
    this.#backoff.reset();
    this.remember();
    this.rest("queued");
  }

  cancel(): void {
    if (this.over) return;
    this.#callOff();
    this.discard();
    this.ground.keep.remove(this.transfer.id);
    this.rest("cancelled");
  }

  /** The page goes: everything stays as it is, for the next one. */
  leave(): void {
    this.#callOff();
    if (this.busy) this.stop();
  }

  /** Something happened that makes a new try worth it: the line is back. */
  nudge(): void {
    if (this.transfer.state !== "waiting") return;
    this.#callOff();
    this.run();
  }

  /** Nothing moved for too long: the connection may be dead without a word. */
  restart(): void {
    this.stop();
    this.wait(null);
  }

  protected change(part: Partial<Transfer>): void {
    this.transfer = { ...this.transfer, ...part };
    this.ground.changed(this);
  }

  /** So many bytes are there. */
  protected at(offset: number, state: TransferState = "moving"): void {
    const now = this.ground.now();
    if (offset > this.transfer.offset) this.#backoff.reset();
    if (offset !== this.transfer.offset) this.moved = now;
    this.#meter.note(now, offset);
    const eta = this.#meter.eta(this.transfer.size - offset);
    this.change({ offset, state, rate: round(this.#meter.rate), eta, refusal: null });
  }

  /** It stands still in this state. */
  protected rest(state: TransferState, refusal: Refusal | null = null): void {
    this.#meter.stop();
    this.change({ state, refusal, rate: 0, eta: null });
  }

  /** Tries again by itself, after a while that grows. */
  protected wait(refusal: Refusal | null): void {
    this.rest("waiting", refusal);
    this.#callOff = this.ground.after(this.#backoff.next(), () => this.nudge());
  }

  protected fail(refusal: Refusal): void {
    this.ground.keep.remove(this.transfer.id);
    this.rest("failed", refusal);
  }

  protected finish(part: Partial<Transfer> = {}): void {
    this.ground.keep.remove(this.transfer.id);
    this.#meter.stop();
    this.change({ ...part, offset: this.transfer.size, state: "done", rate: 0, eta: null, refusal: null });
  }

  /** Who asks, as a header of HTTP. */
  protected get authorization(): Record<string, string> {
    const ticket = this.ground.ticket();
    return ticket === null ? {} : { Authorization: `Bearer ${ticket}` };
  }
}

function round(rate: number): number {
  return Number(rate.toFixed(DECIMALS));
}
