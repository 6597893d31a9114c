/** The link to the server: dialled, watched over, dialled again after every cut until it is closed. */
import { Backoff } from "./backoff";
import { GREETING_MS, PROBE_MS, SILENCE_MS } from "./limits";
import type { Cancel, Line, World } from "./ports";
import type { Refusal } from "./types";
import { decode, encode, type Fields, refusal, type ServerDocument, text } from "./wire";

const SENT_OUT = "sent_out";

/** Whoever a link is for. */
export interface LinkHost {
  /** The payload of the first document of a connection. */
  hello(): Fields;
  /** The server knows us; called before anything else of this connection is given to `take`, but for gaps. */
  greeted(ack: Fields): void;
  take(document: ServerDocument): void;
  /** The line is gone, or a try to find it failed. `nextTry`: when the next one begins. */
  lost(nextTry: number): void;
  /** A try begins. */
  trying(): void;
  /** The server does not want us, and would not if asked again. The link is closed. */
  refused(why: Refusal): void;
}

export class Link {
  private readonly backoff: Backoff;
  private line: Line | null = null;
  private greeted = false;
  private running = false;
  private heard = 0;
  private asked = false;
  /** What the server said last without being asked, where trying again would change nothing. */
  private verdict: Refusal | null = null;
  private timer: Cancel = () => {};
  private stopWatching: Cancel = () => {};

  constructor(
    private readonly world: World,
    private readonly host: LinkHost,
  ) {
    this.backoff = new Backoff(() => parseInt(world.random(3), 16) / 0x1000000);
  }

  /** Whether documents reach the server. */
  get up(): boolean {
    return this.greeted;
  }

  get tries(): number {
    return this.backoff.tries;
  }

  /** Begins to look for the server, and goes on until `close` or a refusal. */
  open(): void {
    if (this.running) return;
    this.running = true;
    this.backoff.reset();
    this.stopWatching = this.world.network.watch(() => this.hurry());
    this.dial();
  }

  /** Sends it now, or not at all: then false. */
  write(type: string, payload: Fields): boolean {
    if (this.greeted) this.line?.send(encode(type, payload));
    return this.greeted;
  }

  /** Looks now instead of waiting; where the line seems to be there, asks whether it is. */
  hurry(): void {
    if (!this.running) return;
    if (this.greeted) {
      this.probe(PROBE_MS);
    } else if (!this.line) {
      this.timer();
      this.dial();
    }
  }

  /** Ends the line as it is, and looks for it again: entries are missing. */
  renew(): void {
    if (this.line) this.cut(this.line);
  }

  close(goodbye: boolean): void {
    if (goodbye) this.write("exit", {});
    this.running = false;
    this.timer();
    this.stopWatching();
    const line = this.line;
    this.line = null;
    this.greeted = false;
    line?.close();
  }

  // --- one connection ---

  private dial(): void {
    this.verdict = null;
    this.host.trying();
    const line: Line = this.world.dial({
      // A line that was given up may still have something to say.
      opened: () => this.line === line && line.send(encode("connect", this.host.hello())),
      received: (message) => this.line === line && this.receive(message),
      closed: () => this.line === line && this.cut(line),
    });
    this.line = line;
    this.timer = this.world.after(GREETING_MS, () => this.cut(line));
  }

  private receive(message: string): void {
    this.heard = this.world.now();
    this.asked = false;
    const document = decode(message);
    if (!document) return;
    if (this.greeted) {
      this.judge(document);
      this.host.take(document);
    } else if (document.type === "connect_ack") {
      this.greeted = true;
      this.backoff.reset();
      this.watch();
      this.host.greeted(document.payload);
    } else if (document.type === "error") {
      this.turnedAway(refusal(document.payload));
    } else {
      this.host.take(document); // a gap of a room whose history is another one now comes before the answer
    }
  }

  /** A refusal of nothing in particular, right before the end, is why it ends; being sent out is so whenever it comes. */
  private judge(document: ServerDocument): void {
    if (this.verdict?.code === SENT_OUT) return;
    const unasked = document.type === "error" && !text(document.payload, "id");
    const why = unasked ? refusal(document.payload) : null;
    this.verdict = why && !why.retry ? why : null;
  }

  private turnedAway(why: Refusal): void {
    if (why.retry) {
      if (this.line) this.cut(this.line);
      return;
    }
    this.close(false);
    this.host.refused(why);
  }

  private cut(line: Line): void {
    this.timer();
    this.line = null;
    this.greeted = false;
    line.close();
    if (!this.running) return;
    if (this.verdict) {
      this.turnedAway(this.verdict);
      return;
    }
    const wait = this.backoff.next();
    this.timer = this.world.after(wait, () => this.dial());
    this.host.lost(this.world.now() + wait);
  }

  // --- watching over it ---

  private watch(): void {
    this.timer();
    const quiet = this.world.now() - this.heard;
    this.timer = this.world.after(SILENCE_MS - quiet, () => {
      if (this.world.now() - this.heard < SILENCE_MS) this.watch();
      else this.probe(SILENCE_MS);
    });
  }

  /** Asks for a sign; without one in so many milliseconds the line is dead. */
  private probe(patience: number): void {
    const line = this.line;
    if (!line) return;
    this.asked = true;
    line.send(encode("ping", {}));
    this.timer();
    this.timer = this.world.after(patience, () => {
      if (this.asked) this.cut(line);
      else this.watch();
    });
  }
}
