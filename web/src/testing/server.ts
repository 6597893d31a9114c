/** As much of a server as the model can tell from a real one: rooms, ids, followers, pages; and lines that break. */
import type { Line, LineEvents } from "../model/ports";
import { decode, type Fields, number, type ServerDocument, text } from "../model/wire";
import { SimulatedWorld } from "./world";

const LATENCY_MS = 5;

interface Log {
  first: number;
  entries: ServerDocument[];
}

class Connection implements Line {
  name = "";
  client = "";
  open = true;
  /** What was sent arrives: also what was sent right before a goodbye. */
  whole = true;
  readonly follows = new Map<string, number>();

  constructor(
    readonly server: SimulatedServer,
    readonly events: LineEvents,
  ) {}

  send(message: string): void {
    if (this.open) this.server.later(() => this.whole && this.server.receive(this, message));
  }

  tell(type: string, payload: Fields): void {
    const message = JSON.stringify({ type, payload });
    this.server.later(() => this.open && this.events.received(message));
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.server.connections.delete(this);
    this.server.later(() => this.events.closed());
  }
}

export class SimulatedServer {
  world!: SimulatedWorld;
  alive = true;
  readonly logs = new Map<string, Log>([["lobby", { first: 1, entries: [] }]]);
  readonly connections = new Set<Connection>();
  readonly ids = new Map<string, number>();
  readonly reads = new Map<string, number>();
  /** Everything that came, in its order. */
  readonly heard: { type: string; payload: Fields }[] = [];
  /** What is refused, by type; the payload of the error. */
  readonly refuses = new Map<string, Fields>();
  /** Entries that are not delivered, so that a hole appears; each once. */
  readonly loses = new Set<string>();
  /** Fewer entries in a page than asked for, as where they are large. */
  pageLimit = 200;

  readonly accept = (events: LineEvents): Line => {
    const connection = new Connection(this, events);
    if (!this.alive) {
      connection.open = false;
      this.later(() => events.closed());
      return connection;
    }
    this.connections.add(connection);
    this.later(() => connection.open && events.opened());
    return connection;
  };

  later(act: () => void): void {
    this.world.after(LATENCY_MS, act);
  }

  /** Every line breaks, without a word. */
  cut(): void {
    for (const connection of [...this.connections]) {
      connection.whole = false;
      connection.close();
    }
  }

  die(): void {
    this.alive = false;
    this.cut();
  }

  log(room: string): Log {
    let log = this.logs.get(room);
    if (!log) this.logs.set(room, (log = { first: 1, entries: [] }));
    return log;
  }

  head(room: string): number {
    return this.log(room).first - 1 + this.log(room).entries.length;
  }

  /** Somebody says something. */
  say(room: string, sender: string, words: string, more: Fields = {}): number {
    return this.append(room, "message", { sender, text: words, ...more });
  }

  append(room: string, type: string, payload: Fields): number {
    const log = this.log(room);
    const seq = this.head(room) + 1;
    log.entries.push({ type, payload: { ...payload, room, seq, time: this.world.now() } });
    this.deliver(room);
    return seq;
  }

  /** What stood before this number is not kept any more. */
  trim(room: string, first: number): void {
    const log = this.log(room);
    log.entries.splice(0, first - log.first);
    log.first = first;
  }

  /** Tells everybody in the room something that is in no log. */
  sign(room: string, kind: string, fields: Fields): void {
    for (const one of this.connections) {
      if (one.follows.has(room)) one.tell("notification", { message: kind, kind, room, ...fields });
    }
  }

  said(room: string): string[] {
    return this.log(room).entries.flatMap(({ type, payload }) => (type === "message" ? [text(payload, "text")] : []));
  }

  // --- what clients ask ---

  receive(from: Connection, message: string): void {
    const document = decode(message)!;
    this.heard.push(document);
    const { type, payload } = document;
    const refusal = this.refuses.get(type);
    if (refusal) from.tell("error", { ...refusal, id: text(payload, "id") });
    else this.answers[type]?.(from, payload);
  }

  private readonly answers: Record<string, (from: Connection, payload: Fields) => void> = {
    connect: (from, payload) => this.connect(from, payload),
    message: (from, payload) => this.command(from, payload, "message", {}),
    edit: (from, payload) => this.change(from, payload, "edited"),
    delete: (from, payload) => this.change(from, payload, "redacted"),
    topic: (from, payload) =>
      this.command(from, payload, "notification", { kind: "topic", message: "topic", topic: text(payload, "text") }),
    join: (from, payload) => this.join(from, payload),
    leave: (from, payload) => {
      from.follows.delete(text(payload, "room"));
      from.tell("ack", { id: payload.id, room: payload.room });
    },
    history: (from, payload) => this.history(from, payload),
    list: (from, payload) => this.list(from, payload),
    read: (from, payload) => {
      this.reads.set(`${from.client} ${text(payload, "room")}`, number(payload, "seq"));
    },
    ping: (from, payload) => from.tell("pong", { id: payload.id }),
    exit: (from) => from.close(),
  };

  private connect(from: Connection, payload: Fields): void {
    const name = text(payload, "name");
    const taken = [...this.connections].some((one) => one.name === name && one.client !== text(payload, "client"));
    if (taken) {
      const message = `Name "${name}" is taken. Try another.`;
      from.tell("error", { code: "name_taken", message, fields: { name }, id: payload.id });
      return;
    }
    from.name = name;
    from.client = text(payload, "client");
    const rooms: Record<string, Fields> = {};
    const asked = payload.rooms as Record<string, number>;
    for (const room of Object.keys(asked)) rooms[room.toLowerCase()] = this.bounds(from, room.toLowerCase());
    for (const [room] of this.logs) {
      if (room.startsWith("@") && room.slice(1).split(":").includes(name.toLowerCase())) {
        rooms[room] ??= this.bounds(from, room);
      }
    }
    const limits = { text_chars: 1_000_000, name_chars: 64, rooms: 1_000 };
    from.tell("connect_ack", {
      name,
      rooms,
      version: 1,
      ticket: "ticket",
      features: ["files"],
      limits,
      id: payload.id,
    });
    for (const [room, since] of Object.entries(asked)) this.follow(from, room.toLowerCase(), since);
  }

  private bounds(from: Connection, room: string): Fields {
    const topic = this.log(room).entries.findLast((one) => one.payload.kind === "topic");
    return {
      first: this.log(room).first,
      seq: this.head(room),
      read: this.reads.get(`${from.client} ${room}`) ?? 0,
      ...(topic ? { topic: topic.payload.topic } : {}),
    };
  }

  private join(from: Connection, payload: Fields): void {
    const room = text(payload, "room").toLowerCase();
    from.tell("ack", { id: payload.id, room, ...this.bounds(from, room) });
    if (!from.follows.has(room)) this.follow(from, room, number(payload, "since"));
  }

  private follow(from: Connection, room: string, since: number): void {
    const [first, head] = [this.log(room).first, this.head(room)];
    from.follows.set(room, since < 0 ? Math.max(first - 1, head + since) : since);
    this.deliver(room);
  }

  private deliver(room: string): void {
    const log = this.log(room);
    for (const one of this.connections) {
      const cursor = one.follows.get(room);
      if (cursor === undefined) {
        const direct = room.startsWith("@") && room.slice(1).split(":").includes(one.name.toLowerCase());
        if (!direct || !one.name) continue;
        one.follows.set(room, this.head(room) - 1);
      }
      for (let seq = (one.follows.get(room) ?? 0) + 1; seq <= this.head(room); seq++) {
        const { type, payload } = log.entries[seq - log.first]!;
        if (!this.loses.delete(`${one.name} ${room} ${seq}`)) one.tell(type, payload);
        one.follows.set(room, seq);
      }
    }
  }

  private command(from: Connection, payload: Fields, type: string, more: Fields): void {
    const to = text(payload, "to");
    const pair = `@${[from.name.toLowerCase(), to.toLowerCase()].sort().join(":")}`;
    const room = to ? pair : text(payload, "room");
    const key = `${from.client} ${room} ${text(payload, "id")}`;
    const known = this.ids.get(key);
    const said = type === "message" ? { text: payload.text, ...(to ? { to } : {}) } : {};
    const seq = known ?? this.head(room) + 1;
    this.ids.set(key, seq);
    from.tell("ack", { id: payload.id, room, seq, time: this.world.now() });
    if (known === undefined) this.append(room, type, { sender: from.name, id: payload.id, ...said, ...more });
  }

  private change(from: Connection, payload: Fields, kind: "edited" | "redacted"): void {
    const log = this.log(text(payload, "room"));
    const seq = this.head(text(payload, "room")) + 1;
    const at = number(payload, "seq") - log.first;
    const target = log.entries[at]!;
    const words = kind === "edited" ? text(payload, "text") : "";
    log.entries[at] = { ...target, payload: { ...target.payload, text: words, [kind]: seq } };
    const changes = { kind, message: kind, target: payload.seq, ...(kind === "edited" ? { text: words } : {}) };
    this.command(from, payload, "notification", changes);
  }

  private history(from: Connection, payload: Fields): void {
    const room = text(payload, "room");
    const log = this.log(room);
    const before = number(payload, "before") || this.head(room) + 1;
    const limit = Math.min(number(payload, "limit") || 50, this.pageLimit);
    const end = Math.min(before, this.head(room) + 1) - log.first;
    const entries = log.entries.slice(Math.max(0, end - limit), Math.max(0, end));
    from.tell("history", { room, entries, first: log.first, seq: this.head(room), id: payload.id });
  }

  private list(from: Connection, payload: Fields): void {
    const room = text(payload, "room");
    if (payload.what === "members") {
      const members = [...this.connections].filter((one) => one.follows.has(room)).map((one) => one.name);
      from.tell("list", { what: "members", room, members: [...new Set(members)], id: payload.id });
    } else {
      const rooms = [...this.logs.keys()].map((name) => ({ name, seq: this.head(name), here: 1 }));
      from.tell("list", { what: "rooms", rooms, id: payload.id });
    }
  }
}
