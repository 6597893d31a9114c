/** States that others look at: made anew at most once in a frame, and only where somebody looks. */
import type { World } from "./ports";
import type { Readable, Unsubscribe } from "./types";

/** Gathers what changed until the next frame. */
export class Frames {
  private readonly dirty = new Set<Store<unknown>>();
  private asked = false;

  constructor(private readonly world: Pick<World, "frame">) {}

  want(store: Store<unknown>): void {
    this.dirty.add(store);
    if (this.asked) return;
    this.asked = true;
    this.world.frame(() => this.flush());
  }

  private flush(): void {
    this.asked = false;
    const stores = [...this.dirty];
    this.dirty.clear();
    for (const store of stores) store.tell();
  }
}

export class Store<T> implements Readable<T> {
  private readonly listeners = new Set<(state: T) => void>();
  private value: T | undefined;
  private stale = true;
  private told: T | undefined;

  constructor(
    private readonly frames: Frames,
    /** The state as it is now. May return the object that it returned before where nothing changed. */
    private readonly compute: () => T,
  ) {}

  get state(): T {
    if (this.stale) {
      this.value = this.compute();
      this.stale = false;
    }
    return this.value as T;
  }

  get watched(): boolean {
    return this.listeners.size > 0;
  }

  /** Something changed that the state is made of. */
  touch(): void {
    this.stale = true;
    if (this.watched) this.frames.want(this as Store<unknown>);
  }

  subscribe(listener: (state: T) => void): Unsubscribe {
    // Each subscription is one of its own, whoever's function it is.
    const own = (state: T): void => listener(state);
    this.listeners.add(own);
    this.told = this.state;
    own(this.told);
    return () => {
      this.listeners.delete(own);
    };
  }

  /** Tells everybody, where it is not what they were told before. */
  tell(): void {
    const state = this.state;
    if (state === this.told) return;
    this.told = state;
    for (const listener of [...this.listeners]) listener(state);
  }
}
