/**
 * What the model shows to those who draw it. Everything here is a plain, frozen value: a change makes a new object, and
 * what did not change stays the same object, so that `===` tells. Nothing of it knows of a document or a window.
 *
 * `Salon` and `Room` are stores in Svelte's sense (`subscribe` calls at once and then at each change), so components
 * write `const state = fromStore(salon)` and read `state.current`. Changes are gathered: a subscriber is called at most
 * once in a frame of the screen, however much arrives.
 *
 * `createSalon` in `model/salon.ts` makes one; `model/browser.ts` gives it what a browser has.
 */

import type { Draft, Happening, OpenRoom, Refusal, RoomState, Said, SalonState } from "./state";

export type * from "./state";

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** What `svelte/store` calls a readable store. */
export interface Readable<T> {
  /** The value now. */
  readonly state: T;
  /** Calls at once with the value, then once in a frame in which it changed. */
  subscribe(listener: (state: T) => void): Unsubscribe;
}

/** A room as somebody looks at it: its rows are kept as long as anybody subscribes. */
export interface Room extends Readable<RoomState> {
  readonly key: string;

  /** Says it here, or privately to a person. Queued at once, sent when there is a line; returns the command's id. */
  say(text: string, options?: { to?: string }): string;
  /** Changes the text of one's own message. */
  edit(seq: number, text: string): string;
  /** Deletes one's own message. */
  redact(seq: number): string;
  setTopic(text: string): string;
  unshelve(name: string): string;
  /** Sends a failed command again. Where the reason would fail it again, it gets a new id and thus a new chance. */
  retry(id: string): void;
  /** Forgets a command that has failed or waits. False where it is on its way and cannot be called back. */
  discard(id: string): boolean;

  /** One's last message here that can still be changed; for ↑ in an empty composer. */
  lastOwn(): Said | null;

  /** The page above the rows; resolves when they are there or cannot be had (`older` says which). */
  loadOlder(): Promise<void>;
  /** The page below, where the rows are not `live`. */
  loadNewer(): Promise<void>;
  /** Back to the newest, whatever is between. */
  toNewest(): Promise<void>;
  /** Brings the entry into the rows, with some before and behind. False where it is not kept. */
  toEntry(seq: number): Promise<boolean>;
  /**
   * Whether the reader stands at the newest row. While not, rows at the top are not dropped for new ones; at 2,000 the
   * rows stop to grow and `live` ends.
   */
  setFollowing(atBottom: boolean): void;

  /** Everything up to this entry was seen. Sent along now and then; never goes back. */
  markRead(seq: number): void;
  /** The line "new messages" is not wanted any more. */
  clearLine(): void;
  /** The reader looks away (the page is hidden): the line is going to stand before what others say from now on. */
  lookAway(): void;

  /** One is writing. May be called at each key: passed on once in three seconds. */
  typing(): void;

  /** What was written and not sent; kept over a reload. No subscriber is called for it. */
  readonly draft: Draft;
  setDraft(draft: Draft): void;
}

/** Everything there is: one person at one server. */
export interface Salon extends Readable<SalonState> {
  /** Comes in under this name; `room` is joined beside those one is in. A refusal shows in `status`. */
  signIn(name: string, room?: string): void;
  /**
   * Says goodbye, and forgets everything in this browser: name, secret, rooms, drafts, what was not sent. Whoever comes
   * in afterwards is somebody else, even under the same name.
   */
  signOut(): void;
  /** Looks for the server now instead of waiting for `nextTry`. */
  retry(): void;

  /** The room of this name, whether one is in it or not; the same object each time. */
  room(key: string): Room;
  /** The direct room with a person; it begins to exist with the first message. */
  direct(person: string): Room;
  /**
   * Follows a room, which begins to exist where it did not. Resolves with its key.
   * @throws {RefusedError} where the server refuses (`bad_room`, `too_many_rooms`) or the line is lost (`lost_server`)
   */
  join(name: string): Promise<string>;
  /** Follows a room no longer. A direct room leaves the list until something is said in it again. */
  leave(key: string): void;
  /**
   * All open rooms of the server.
   * @throws {RefusedError} as in `join`
   */
  listRooms(): Promise<readonly OpenRoom[]>;

  /** Tells what happens, as it comes: not gathered into frames. */
  hear(listener: (happening: Happening) => void): Unsubscribe;

  /** For HTTP requests: `Authorization: Bearer …`. Null while offline. */
  readonly ticket: string | null;
  /** A document with an answer, for parts with words of their own (`list` of `files`). Rejects with RefusedError. */
  ask(type: string, payload: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;

  /** Ends everything without goodbye: for tests and for pages that go away. */
  close(): void;
}

/** A refusal on its way through a promise. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = "RefusedError";
    this.refusal = refusal;
  }
}
