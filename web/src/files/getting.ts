/** What a page and the worker that gets a file say to each other. */

/** To the worker. */
export type Order =
  /** Get the file, or go on. `sha256`: what the whole must have; empty: whatever the server's ETag says. */
  | {
      readonly kind: "go";
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly sha256: string;
      readonly size: number;
    }
  /** Stop reading, keep what is there. */
  | { readonly kind: "stop" }
  /** Stop, and throw away what is there. */
  | { readonly kind: "discard" }
  /** Hash a file of this machine. */
  | { readonly kind: "hash"; readonly file: Blob };

/** From the worker. */
export type Report =
  /** What was there before is being hashed. */
  | { readonly kind: "checking"; readonly offset: number }
  | { readonly kind: "moving"; readonly offset: number }
  /** All is there, and is what it should be. `file`: where nothing but memory could take it. */
  | { readonly kind: "done"; readonly sha256: string; readonly part: string; readonly file: Blob | null }
  | { readonly kind: "stopped" }
  /** The line broke. */
  | { readonly kind: "cut" }
  /** The server refused, in its own words. */
  | { readonly kind: "refused"; readonly status: number; readonly body: string }
  /** This browser cannot keep it: its disk is full, or another tab is at it. */
  | { readonly kind: "unkept"; readonly why: "full" | "busy" | "forbidden" }
  /** What came is not what the hash says, twice. */
  | { readonly kind: "differs" }
  | { readonly kind: "hashed"; readonly sha256: string };

/** In which folder of the origin's private file system parts stand. */
export const PARTS = "salon-parts";

/** How a part is called: by what it will be, so that it is gone on with only as that. */
export function partName(sha256: string): string {
  return `${sha256}.part`;
}
