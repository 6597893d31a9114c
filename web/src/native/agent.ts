/** The line to the agent behind a window: errands with answers, and what it tells by itself. Knows of no DOM. */
import { RefusedError } from "../model/types";
import { decode, encode, type Fields, refusal, text } from "../model/wire";
import { type Done, type Errands, type Hello, type Moved, readDone, readHello, readMoved } from "./words";

/** One connection that carries text; what it tells is given to `AgentLine`'s methods. */
export interface AgentSocket {
  send(text: string): void;
}

export interface AgentEvents {
  hello(hello: Hello): void;
  moved(transfer: Moved): void;
  /** A sentence that nothing here asked for. */
  told(message: string, code: string): void;
  /** The agent is gone, and with it everything but what is on the screen. */
  gone(): void;
}

interface Waiter {
  readonly done: (done: Done) => void;
  readonly failed: (error: Error) => void;
}

export class AgentLine {
  private readonly waiters = new Map<string, Waiter>();
  private readonly listeners = new Set<Partial<AgentEvents>>();
  private errands = 0;
  private over = false;
  private readonly known = new Map<number, Moved>();
  private greeting: Hello | null = null;

  constructor(private readonly socket: AgentSocket) {}

  /** Has those called that it names. What the agent has told before is told at once. */
  listen(events: Partial<AgentEvents>): () => void {
    this.listeners.add(events);
    if (this.greeting) events.hello?.(this.greeting);
    for (const transfer of this.known.values()) events.moved?.(transfer);
    if (this.over) events.gone?.();
    return () => this.listeners.delete(events);
  }

  /**
   * Has an errand done.
   * @throws {RefusedError} where it cannot be
   */
  ask<Kind extends keyof Errands>(kind: Kind, errand: Errands[Kind]): Promise<Done> {
    if (this.over) return Promise.reject(lost());
    const id = String(++this.errands);
    return new Promise((done, failed) => {
      this.waiters.set(id, { done, failed });
      this.socket.send(encode(kind, { ...errand, id }));
    });
  }

  // --- what the socket tells ---

  received(data: string): void {
    const document = decode(data);
    if (!document) return;
    const { type, payload } = document;
    if (type === "done") this.settle(payload)?.done(readDone(payload));
    else if (type === "refused") this.settle(payload)?.failed(new RefusedError(refusal(payload)));
    else if (type === "hello") this.greeted(readHello(payload));
    else if (type === "moved") this.moved(readMoved(payload));
    else if (type === "told") this.each((one) => one.told?.(text(payload, "message"), text(payload, "code")));
  }

  closed(): void {
    if (this.over) return;
    this.over = true;
    for (const waiter of this.waiters.values()) waiter.failed(lost());
    this.waiters.clear();
    this.each((one) => one.gone?.());
  }

  private greeted(hello: Hello): void {
    this.greeting = hello;
    this.each((one) => one.hello?.(hello));
  }

  private moved(transfer: Moved): void {
    this.known.set(transfer.number, transfer);
    this.each((one) => one.moved?.(transfer));
  }

  private settle(payload: Fields): Waiter | undefined {
    const id = text(payload, "id");
    const waiter = this.waiters.get(id);
    this.waiters.delete(id);
    return waiter;
  }

  private each(tell: (events: Partial<AgentEvents>) => void): void {
    for (const events of [...this.listeners]) tell(events);
  }
}

function lost(): RefusedError {
  const message = "The program behind this window has ended.";
  return new RefusedError({ code: "agent_gone", message, fields: {}, retry: false });
}
