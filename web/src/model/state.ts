/** The values that the model shows: plain, never changed in place. See types.ts. */

/**
 * Why something was not done. `message` is the server's sentence in English; `sentence(refusal)` of `i18n` says it in the
 * language of the page, from the catalogue that both share.
 */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** What fills the sentence. */
  readonly fields: Readonly<Record<string, string | number>>;
  /** Whether the same may succeed later, unchanged. */
  readonly retry: boolean;
}

// --- How things are between the page and the server ---------------------------------------------------------------

export type Status =
  /** Nobody has said who they are. `refusal`: why the last try was refused (`name_taken`, `bad_name`). */
  | { readonly kind: "signed-out"; readonly refusal: Refusal | null }
  /** The first try is under way; `tries` have failed already. */
  | { readonly kind: "connecting"; readonly tries: number; readonly nextTry: number }
  | { readonly kind: "online" }
  /**
   * The line is gone and looked for again. What was loaded can be read, what is said waits in the outbox.
   * `nextTry`: when, in milliseconds since 1970; 0 while a try is under way. `why`: `closing` where the server said
   * that it ends, `network` where the machine has no network, else `lost`.
   */
  | {
      readonly kind: "offline";
      readonly why: "lost" | "closing" | "network";
      readonly since: number;
      readonly nextTry: number;
    }
  /**
   * The server does not let this person in any more, and trying again would change nothing: thrown out, or the name is
   * somebody else's now. The outbox is kept. `signIn` and `retry` lead out of it.
   */
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Bounds that the server keeps; before the first connection those of a fresh Salon. */
export interface Limits {
  readonly text_chars: number;
  readonly name_chars: number;
  /** Rooms of one session. */
  readonly rooms: number;
  /** Largest file in bytes; absent where there is no bound. */
  readonly file_bytes?: number;
}

export interface SalonState {
  readonly status: Status;
  /** One's own name as the server spells it; empty while signed out. */
  readonly name: string;
  /** The rooms one is in, by name, `lobby` first; then the direct ones, last spoken in first. */
  readonly rooms: readonly RoomSummary[];
  /** Messages not read yet in all rooms together. */
  readonly unread: number;
  /** Commands that wait for the server, in all rooms together. */
  readonly waiting: number;
  /** Why what is said is not kept over a reload (the browser's storage is full or forbidden), or empty. */
  readonly unkept: "" | "storage";
  /** The server refuses to write: `disk_full` or `storage_failed`, until something was written again. */
  readonly storage: Refusal | null;
  readonly limits: Limits;
  /** Abilities of this server: `files`, … */
  readonly features: readonly string[];
}

/** A room in the list. */
export interface RoomSummary {
  /** Name of the room as the server spells it; `@ann:bob` for a direct one. Addresses are made of it. */
  readonly key: string;
  /** What to show: the room's name, or that of the other person. */
  readonly name: string;
  readonly direct: boolean;
  readonly topic: string;
  /** Entries by others behind the read position. Before the room was looked at it counts edits and topics too. */
  readonly unread: number;
  /** The last message, for a line of preview; null where none is known. */
  readonly last: Said | null;
  /** Commands that wait here, and those that failed. */
  readonly waiting: number;
  readonly failed: number;
  /** Whether a draft waits here. */
  readonly draft: boolean;
}

// --- What stands in a room ----------------------------------------------------------------------------------------

interface Placed {
  /** Unique in its room and steady: for keyed lists. */
  readonly key: string;
  /** Number in the log. */
  readonly seq: number;
  /** Milliseconds since 1970, by the server. */
  readonly time: number;
}

/** Somebody said something. */
export interface Said extends Placed {
  readonly kind: "said";
  readonly sender: string;
  readonly own: boolean;
  /** As it stands now; empty where it was deleted. */
  readonly text: string;
  /** In a direct room: to whom. */
  readonly to: string;
  /** Number of the entry that changed it last, or 0. */
  readonly edited: number;
  /** Number of the entry that deleted it, or 0. */
  readonly redacted: number;
}

/** Another entry of the log. Edits and deletions are none: they change the message that they are about. */
export interface Noted extends Placed {
  readonly kind: "noted";
  /** `topic`, `shelved`, `unshelved`, … An unknown one is shown by its `message`. */
  readonly what: string;
  readonly sender: string;
  readonly own: boolean;
  /** The server's sentence, in English. */
  readonly message: string;
  readonly topic: string;
  /** Of a file: its name, bytes and SHA-256. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** Who came and went behind an entry; in no log, so known only of the time one was there. */
export interface Presence {
  readonly kind: "presence";
  readonly key: string;
  /** The entry behind which it stands. */
  readonly seq: number;
  /** By this machine's clock. */
  readonly time: number;
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/**
 * Entries that are not here. `filling`: they are asked for. `gone`: the server keeps them no more (`why` is its
 * sentence); nothing will fill it.
 */
export interface Gap {
  readonly kind: "gap";
  readonly key: string;
  readonly seq: number;
  readonly from: number;
  readonly to: number;
  readonly state: "filling" | "gone";
  readonly why: string;
}

export type Row = Said | Noted | Presence | Gap;

/** A command of one's own that has no entry yet. */
export interface Sending {
  readonly key: string;
  readonly id: string;
  readonly what: "message" | "edit" | "delete" | "topic" | "unshelve";
  readonly text: string;
  /** The entry it is about: of an edit or a deletion; else 0. */
  readonly seq: number;
  /** To whom, of a private message. */
  readonly to: string;
  /** When it was said, by this machine's clock. */
  readonly time: number;
  /** `waiting`: there is no line. `sending`: the server has not answered. `sent`: on disk. `failed`: refused. */
  readonly state: "waiting" | "sending" | "sent" | "failed";
  /** Why it failed. */
  readonly refusal: Refusal | null;
}

export interface RoomState {
  readonly key: string;
  readonly name: string;
  readonly direct: boolean;
  /** One is in this room: else there is nothing to show but that (a link to a room that was left). */
  readonly joined: boolean;
  readonly topic: string;
  /** Who is here, in the order in which they came; null while that is not known. */
  readonly people: readonly string[] | null;
  /** Who else is writing now. */
  readonly typing: readonly string[];
  /** What is in memory, in order: a window of at most 2,000 rows. */
  readonly rows: readonly Row[];
  /** Own commands that have no entry yet, in order; they belong below the rows while `live`. */
  readonly outbox: readonly Sending[];
  /** Number of the newest entry of the log. */
  readonly head: number;
  /** Number of the first entry that the server keeps. */
  readonly first: number;
  /** Whether there is more above the rows: `none` at the beginning of what is kept. */
  readonly older: "some" | "loading" | "failed" | "none";
  /** The same below; `none` while `live`. */
  readonly newer: "some" | "loading" | "failed" | "none";
  /** The rows reach to the newest entry and grow. Else the reader is far back, or was too long away. */
  readonly live: boolean;
  /** Messages by others behind the read position. */
  readonly unread: number;
  /** How far one has read, in any session. */
  readonly read: number;
  /** The line "new messages" stands behind this entry; 0: nowhere. */
  readonly line: number;
  /** The first rows have not come yet. */
  readonly loading: boolean;
}

// --- Beside the states ---

export interface Draft {
  readonly text: string;
  /** To whom it would go; empty: to the room. */
  readonly to: string;
  /** The message that is being edited, or 0. */
  readonly editing: number;
}

/** A line of the list of all rooms. */
export interface OpenRoom {
  readonly name: string;
  readonly topic: string;
  /** How many people are in it now. */
  readonly here: number;
  /** Whether one is in it. */
  readonly joined: boolean;
}

/** Something that happened, for parts that keep books of their own (files, notices). */
export type Happening =
  /** A message by somebody else that came just now, as opposed to one that was loaded. */
  | { readonly kind: "said"; readonly room: string; readonly entry: Said }
  /** Another live entry: `shelved`, `unshelved`, `topic`. */
  | { readonly kind: "noted"; readonly room: string; readonly entry: Noted }
  /** A sign that is in no log: `upload`, `upload_gone`, … with the fields of the document. */
  | {
      readonly kind: "sign";
      readonly room: string;
      readonly what: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  /** A command failed. */
  | { readonly kind: "failed"; readonly room: string; readonly sending: Sending }
  /** Something was refused that no command waits for. */
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** The line is there (again): what is known of files, people and so on may be old. */
  | { readonly kind: "online" };
