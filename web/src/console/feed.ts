/**
 * The line to the server: what it tells, in one piece a frame, and what the operator does. It comes back by itself and
 * goes on with the log where it stood. Knows of no DOM beyond what `World` gives.
 */
import { Backoff } from "../model/backoff";
import { Lines } from "./lines";
import type { Answer, Document, Hello, State, Status } from "./types";

const PING_MS = 15_000;
const SILENCE_MS = 25_000; // without a word for so long the line is dead

export interface Socket {
  send(data: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}

/** What the feed asks of the browser. `later` waits so many milliseconds; `frame` until something is drawn. */
export interface World {
  open(query: string): Socket;
  /** Whether the server still knows our cookie; null where it does not answer. */
  admitted(): Promise<boolean | null>;
  now(): number;
  chance(): number;
  later(work: () => void, ms: number): () => void;
  frame(work: () => void): void;
}

export interface Snapshot {
  status: Status;
  hello: Hello | null;
  state: State | null;
  lines: Lines["shown"];
  /** Messages a second lately. */
  pace: number;
}

export class Feed {
  readonly log = new Lines();
  private status: Status = "connecting";
  private hello: Hello | null = null;
  private state: State | null = null;
  private pace = 0;
  private counted: { entries: number; at: number } | null = null;
  private socket: Socket | null = null;
  private heard = 0;
  private stopPinging: () => void = () => {};
  private due = false;
  private ids = 0;
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private readonly backoff: Backoff;

  constructor(
    private readonly world: World,
    private readonly changed: (snapshot: Snapshot) => void,
    private readonly missedWords: (missed: number) => string,
    private readonly lostWords: string,
  ) {
    this.backoff = new Backoff(() => world.chance());
  }

  start(): void {
    const query = this.hello ? `?run=${this.hello.run}&since=${this.log.tip}` : "";
    const socket = (this.socket = this.world.open(query));
    socket.onmessage = (event) => this.take(String(event.data));
    socket.onclose = () => void this.lost(socket);
  }

  /** Looks for the server at once. */
  retry(): void {
    if (this.status === "lost") this.start();
  }

  /** Has the server do something; its answer. */
  order(type: string, payload: Record<string, string>): Promise<Answer> {
    if (this.status !== "open" || !this.socket) {
      return Promise.resolve({ type: "error", code: "offline", message: this.lostWords });
    }
    const id = String(++this.ids);
    this.socket.send(JSON.stringify({ type, payload: { ...payload, id } }));
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  /** What the screen shows changed by its own doing. */
  refresh(): void {
    this.tell();
  }

  private take(data: string): void {
    this.heard = this.world.now();
    const document = JSON.parse(data) as Document;
    switch (document.type) {
      case "hello":
        this.greeted(document.payload);
        break;
      case "state":
        this.state = { ...(this.state as State), ...document.payload };
        this.measure();
        break;
      case "log":
        this.log.add(document.payload, this.missedWords);
        break;
      case "done":
        this.answer(document.payload.id, { type: "done" });
        break;
      case "error":
        this.answer(document.payload.id, { ...document.payload, type: "error" });
        break;
      case "pong":
        return;
    }
    this.tell();
  }

  private greeted(hello: Hello): void {
    if (this.hello && this.hello.run !== hello.run) this.log.restart();
    this.hello = hello;
    this.status = "open";
    this.counted = null;
    this.backoff.reset();
    this.keepAlive();
  }

  /** Messages a second, from two looks at how many there were. */
  private measure(): void {
    const entries = this.state!.machine.entries;
    const at = this.world.now();
    if (this.counted && at > this.counted.at) {
      this.pace = Math.max(0, Math.round(((entries - this.counted.entries) * 1000) / (at - this.counted.at)));
    }
    this.counted = { entries, at };
  }

  private keepAlive(): void {
    this.stopPinging();
    this.stopPinging = this.world.later(() => {
      if (this.world.now() - this.heard > SILENCE_MS) this.socket?.close();
      else {
        this.socket?.send('{"type":"ping"}');
        this.keepAlive();
      }
    }, PING_MS);
  }

  private async lost(socket: Socket): Promise<void> {
    if (socket !== this.socket) return;
    this.socket = null;
    this.stopPinging();
    for (const resolve of this.waiting.values()) {
      resolve({ type: "error", code: "offline", message: this.lostWords });
    }
    this.waiting.clear();
    const never = !this.hello;
    this.status = never ? "connecting" : "lost";
    this.pace = 0;
    this.tell();
    if ((await this.world.admitted()) === false) {
      this.status = "shut";
      this.tell();
      return;
    }
    this.world.later(() => {
      if (!this.socket && this.status !== "shut") this.start();
    }, this.backoff.next());
  }

  private answer(id: string, answer: Answer): void {
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }

  /** The screen is told once a frame, however much came. */
  private tell(): void {
    if (this.due) return;
    this.due = true;
    this.world.frame(() => {
      this.due = false;
      const { status, hello, state, pace } = this;
      this.changed({ status, hello, state, pace, lines: this.log.shown });
    });
  }
}
