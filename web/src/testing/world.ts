/** A world for the model in which time passes only when a test says so. */
import type { Cancel, Line, LineEvents, Storage, World } from "../model/ports";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

export class MemoryStorage implements Storage {
  readonly values = new Map<string, string>();
  full = false;

  get(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  set(key: string, value: string): boolean {
    this.values.set(key, value);
    return !this.full;
  }

  remove(key: string): void {
    this.values.delete(key);
  }

  keys(): string[] {
    return [...this.values.keys()];
  }
}

export class SimulatedWorld implements World {
  time = 1_800_000_000_000;
  hasNetwork = true;
  frames = 0;
  private order = 0;
  private timers: Timer[] = [];
  private readonly watchers = new Set<() => void>();
  private seed: number;

  constructor(
    private readonly accept: (events: LineEvents) => Line,
    readonly storage: MemoryStorage = new MemoryStorage(),
    seed = 1,
  ) {
    this.seed = seed;
  }

  readonly network = {
    online: () => this.hasNetwork,
    watch: (changed: () => void) => {
      this.watchers.add(changed);
      return () => void this.watchers.delete(changed);
    },
  };

  dial(events: LineEvents): Line {
    return this.accept(events);
  }

  now(): number {
    return this.time;
  }

  after(milliseconds: number, act: () => void): Cancel {
    const timer = { at: this.time + milliseconds, order: (this.order += 1), act };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }

  frame(act: () => void): Cancel {
    return this.after(16, () => {
      this.frames += 1;
      act();
    });
  }

  random(bytes: number): string {
    let digits = "";
    while (digits.length < 2 * bytes) {
      this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
      digits += this.seed.toString(16).padStart(8, "0");
    }
    return digits.slice(0, 2 * bytes);
  }

  /** A number from 0 to 1 for the test itself. */
  chance(): number {
    return parseInt(this.random(3), 16) / 0x1000000;
  }

  /** The machine says that something about its network changed. */
  networkChanged(): void {
    for (const changed of [...this.watchers]) changed();
  }

  /** Lets so much time pass, with all that falls into it, and all that was promised until then. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settle();
    for (;;) {
      const next = this.timers
        .filter((timer) => timer.at <= end)
        .sort((one, other) => one.at - other.at || one.order - other.order)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.act();
      await settle();
    }
    this.time = end;
  }
}

/** Every promise that can go on has gone on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}
