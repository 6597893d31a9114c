import { TYPING_EVERY_MS, TYPING_LASTS_MS } from "./limits";
import type { Cancel, World } from "./ports";

/** Who is in a room, and who is writing there. */
export class Presences {
  /** In the order in which they came; null while that is not known. */
  people: readonly string[] | null = null;
  typing: readonly string[] = [];
  private readonly ends = new Map<string, Cancel>();
  private told = 0;

  constructor(
    private readonly world: Pick<World, "now" | "after">,
    private readonly changed: () => void,
  ) {}

  are(people: readonly string[]): void {
    this.people = people;
  }

  change(joined: readonly string[], left: readonly string[]): void {
    for (const name of left) this.spoke(name);
    if (this.people === null) return;
    const here = this.people.filter((name) => !left.includes(name));
    this.people = [...here, ...joined.filter((name) => !here.includes(name))];
  }

  /** Somebody writes; that is believed for a while. */
  types(name: string, own: string): void {
    if (!name || name === own) return;
    this.ends.get(name)?.();
    this.ends.set(
      name,
      this.world.after(TYPING_LASTS_MS, () => this.spoke(name)),
    );
    this.typing = [...this.ends.keys()];
  }

  /** Whoever has spoken, or gone, writes no more. */
  spoke(name: string): void {
    const end = this.ends.get(name);
    if (!end) return;
    end();
    this.ends.delete(name);
    this.typing = [...this.ends.keys()];
    this.changed();
  }

  /** Nothing is heard any more. */
  quiet(): void {
    for (const end of this.ends.values()) end();
    this.ends.clear();
    this.typing = [];
  }

  forget(): void {
    this.quiet();
    this.people = null;
  }

  /** One writes oneself: told now and then. */
  writing(tell: () => void): void {
    const now = this.world.now();
    if (now - this.told < TYPING_EVERY_MS) return;
    this.told = now;
    tell();
  }
}
