/** What the browser's own transfers need of a page, so that they can be tested without one. */
import type { Hand } from "./job";
import type { Keep } from "./keeping";

/** What the page gives. */
export interface Page {
  now(): number;
  after(milliseconds: number, act: () => void): () => void;
  chance(): number;
  /** A new id. */
  name(): string;
  hand(): Hand;
  keep: Keep;
  save(part: string, file: Blob | null, name: string): Promise<void>;
  /** Whether this page, and no other of this browser, has the transfer from now on. */
  claim(id: string): Promise<boolean>;
  /** Removes parts that are of no use any more. `all`: also those that might be saved once more. */
  sweep(inUse: ReadonlySet<string>, all?: boolean): Promise<void>;
}
