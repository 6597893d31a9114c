/** What the server tells the console (`src/salon/wire/console.py`), and what the console is to its screen. */

export interface SessionRow {
  name: string;
  dialect: string;
  address: string;
  came: number;
  rooms: number;
  /** Entries that it was not given yet. */
  lag: number;
  /** Bytes on their way to it. */
  buffered: number;
  unsettled: number;
  /** It does not take what is sent. */
  parked: boolean;
}

export interface RoomRow {
  name: string;
  topic: string;
  here: number;
  seq: number;
  lag: number;
  kept: number;
  waiting: number;
}

export interface FileRow {
  room: string;
  name: string;
  size: number;
  by: string;
  time: number;
}

export interface TransferRow {
  number: number;
  who: string;
  file: string;
  place: string;
  up: boolean;
  size: number;
  offset: number;
  rate: number;
  path: string;
  paused: boolean;
  began: number;
}

/** `total` counts all rows, of which only the first may be here. */
export interface Table<Row> {
  total: number;
  rows: Row[];
}

export interface Machine {
  memory: number | null;
  disk_free: number | null;
  disk_size: number | null;
  kept: number;
  sessions: number;
  people: number;
  private_rooms: number;
  entries: number;
  refusals: number;
  moved_up: number;
  moved_down: number;
}

export interface State {
  people: Table<SessionRow>;
  rooms: Table<RoomRow>;
  shelves: Table<FileRow> & { bytes: number };
  transfers: Table<TransferRow>;
  machine: Machine;
}

export interface Hello {
  version: string;
  run: number;
  began: number;
  now: number;
  private: boolean;
}

/** Something that happened: its number, its words, and what it is. */
export interface Line {
  n: number;
  line: string;
  what: { kind: string; time: number; who?: string; room?: string; to?: string; code?: string };
}

export interface LogPayload {
  tip: number;
  missed: number;
  lines: Line[];
}

export type Answer = { type: "done" } | { type: "error"; code: string; message: string };

export type Document =
  | { type: "hello"; payload: Hello }
  | { type: "state"; payload: Partial<State> }
  | { type: "log"; payload: LogPayload }
  | { type: "done"; payload: { id: string } }
  | { type: "error"; payload: { id: string; code: string; message: string } }
  | { type: "pong"; payload: object };

/** `shut`: the cookie is void, and only the operator's link helps. */
export type Status = "connecting" | "open" | "lost" | "shut";
