/** What the page and the agent behind a window tell each other: `src/salon/faces/window/words.py` in this language. */
import type { Fields } from "../model/wire";

/** How this agent begins. */
export interface Hello {
  /** The address to offer first; empty where there is none. */
  readonly server: string;
  /** Who the person is, where the command said so. */
  readonly name: string;
  /** Where downloads go. */
  readonly folder: string;
  /** The person's own folder. */
  readonly home: string;
  /** The folder that is shared, or empty. */
  readonly shared: string;
}

/** A file on its way through the agent. */
export interface Moved {
  readonly number: number;
  readonly up: boolean;
  readonly name: string;
  readonly room: string;
  readonly state: "waiting" | "moving" | "cut" | "paused" | "checking" | "done" | "failed" | "cancelled";
  /** Bytes of the whole; null while that is not known. */
  readonly size: number | null;
  readonly offset: number;
  readonly rate: number;
  readonly eta: number | null;
  readonly sha256: string;
  /** Where it lies now. */
  readonly saved: string;
  readonly path: string;
  readonly person: string;
  /** Why it failed, or was cut: code and sentence. */
  readonly code: string;
  readonly message: string;
  /** Why it does not go over UDP. */
  readonly detour: string;
  /** The byte before `offset`. */
  readonly lastByte: number | null;
}

/** What each errand may be answered with. */
export interface Done {
  /** To `reach`: the server's address in full, and what was kept for it. */
  readonly address: string;
  readonly kept: Readonly<Record<string, string>>;
  /** To `get` and `request`: the transfer. */
  readonly number: number;
  /** To `share`: the folder that is shared now. */
  readonly folder: string;
}

export interface Errands {
  reach: { address: string };
  session: { name: string; secret: string };
  get: { name: string; room: string; saved_as?: string };
  request: { owner: string; name: string; saved_as?: string };
  pause: { number: number };
  proceed: { number: number };
  cancel: { number: number };
  share: { folder: string };
  keep: { key: string; value: string | null };
  end: Record<string, never>;
}

const STATES: readonly string[] = ["waiting", "moving", "cut", "paused", "checking", "done", "failed", "cancelled"];

export function readHello(fields: Fields): Hello {
  return {
    server: words(fields.server),
    name: words(fields.name),
    folder: words(fields.folder),
    home: words(fields.home),
    shared: words(fields.shared),
  };
}

export function readMoved(fields: Fields): Moved {
  const state = words(fields.state);
  return {
    number: digits(fields.number) ?? 0,
    up: fields.up === true,
    name: words(fields.name),
    room: words(fields.room),
    state: STATES.includes(state) ? (state as Moved["state"]) : "waiting",
    size: digits(fields.size),
    offset: digits(fields.offset) ?? 0,
    rate: digits(fields.rate) ?? 0,
    eta: digits(fields.eta),
    sha256: words(fields.sha256),
    saved: words(fields.saved),
    path: words(fields.path),
    person: words(fields.person),
    code: words(fields.code),
    message: words(fields.message),
    detour: words(fields.detour),
    lastByte: digits(fields.last_byte),
  };
}

export function readDone(fields: Fields): Done {
  const kept = typeof fields.kept === "object" && fields.kept !== null ? Object.entries(fields.kept) : [];
  return {
    address: words(fields.address),
    kept: Object.fromEntries(kept.filter((one): one is [string, string] => typeof one[1] === "string")),
    number: digits(fields.number) ?? 0,
    folder: words(fields.folder),
  };
}

function words(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function digits(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
