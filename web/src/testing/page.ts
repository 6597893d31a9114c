/** What transfers in a page stand on, without a browser: a test says what happens, and sees what was done. */
import type { Order, Report } from "../files/getting";
import { MemoryKeep } from "../files/keeping";
import type { Page } from "../files/page";
import type { Happening, SalonState } from "../model/types";

/** A worker whose reports the test gives. */
export class FakeHand {
  orders: Order[] = [];
  ended = false;
  report: (report: Report) => void = () => {};
  order = (order: Order) => void this.orders.push(order);
  hear = (listener: (report: Report) => void) => void (this.report = listener);
  end = () => void (this.ended = true);
}

/** A page without a browser: a clock that the test moves, and everything that was done. */
export class FakePage implements Page {
  time = 1_000_000;
  hands: FakeHand[] = [];
  saved: string[] = [];
  keep = new MemoryKeep();
  claimed = new Set<string>();
  taken = new Set<string>();
  swept: ReadonlySet<string>[] = [];
  #names = 0;
  #timers: { at: number; act: () => void }[] = [];

  now = () => this.time;
  chance = () => 1;
  name = () => `t${++this.#names}`;
  after = (milliseconds: number, act: () => void) => {
    const timer = { at: this.time + milliseconds, act };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((one) => one !== timer));
  };
  hand = () => {
    const hand = new FakeHand();
    this.hands.push(hand);
    return hand;
  };
  save = (part: string, _file: Blob | null, name: string) => {
    this.saved.push(`${name} from ${part}`);
    return Promise.resolve();
  };
  claim = (id: string) => {
    this.claimed.add(id);
    return Promise.resolve(!this.taken.has(id));
  };
  sweep = (inUse: ReadonlySet<string>) => {
    this.swept.push(inUse);
    return Promise.resolve();
  };

  pass(milliseconds: number): void {
    const until = this.time + milliseconds;
    for (;;) {
      const next = this.#timers.filter((one) => one.at <= until).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.time = Math.max(this.time, next.at);
      next.act();
    }
    this.time = until;
  }
}

/** What transfers see of a model: who is in, with which ticket, and what happens. */
export class FakeSalon {
  ticket: string | null = "ticket";
  state = { name: "Ann", limits: { file_bytes: 1000 }, status: { kind: "online" } } as unknown as SalonState;
  files: unknown[] = [];
  listeners = new Set<(happening: Happening) => void>();
  hear = (listener: (happening: Happening) => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  #watchers = new Set<(state: SalonState) => void>();
  subscribe = (listener: (state: SalonState) => void) => {
    this.#watchers.add(listener);
    listener(this.state);
    return () => this.#watchers.delete(listener);
  };
  become = (kind: string) => {
    this.state = { ...this.state, status: { kind } } as unknown as SalonState;
    this.#watchers.forEach((listener) => listener(this.state));
  };
  ask = () => Promise.resolve({ files: this.files });
  tell = (happening: Happening) => this.listeners.forEach((listener) => listener(happening));
}
