import { beforeEach, describe, expect, it } from "vitest";

import { Feed, type Snapshot, type Socket, type World } from "./feed";

class FakeSocket implements Socket {
  sent: string[] = [];
  onopen = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  constructor(readonly query: string) {}
  send(data: string): void {
    this.sent.push(data);
  }
  close(): void {
    this.onclose?.();
  }
  hear(type: string, payload: object): void {
    this.onmessage?.({ data: JSON.stringify({ type, payload }) });
  }
}

class FakeWorld implements World {
  sockets: FakeSocket[] = [];
  timers: { work: () => void; at: number }[] = [];
  frames: (() => void)[] = [];
  time = 1_000;
  welcome: boolean | null = null;

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }
  open(query: string): Socket {
    const socket = new FakeSocket(query);
    this.sockets.push(socket);
    return socket;
  }
  admitted(): Promise<boolean | null> {
    return Promise.resolve(this.welcome);
  }
  now(): number {
    return this.time;
  }
  chance(): number {
    return 1;
  }
  later(work: () => void, ms: number): () => void {
    const timer = { work, at: this.time + ms };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }
  frame(work: () => void): void {
    this.frames.push(work);
  }
  draw(): number {
    const due = this.frames.splice(0);
    for (const work of due) work();
    return due.length;
  }
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((one) => one !== next);
      this.time = next.at;
      next.work();
    }
    this.time = end;
  }
}

const HELLO = { version: "1", run: 7, began: 0, now: 0, private: false };
const MACHINE = { entries: 0 };

let world: FakeWorld;
let feed: Feed;
let seen: Snapshot;

beforeEach(() => {
  world = new FakeWorld();
  feed = new Feed(
    world,
    (snapshot) => (seen = snapshot),
    (missed) => `${missed} missing`,
    "offline",
  );
  feed.start();
  world.socket.hear("hello", HELLO);
  world.draw();
});

describe("the feed", () => {
  it("is open once the server has said hello", () => {
    expect(seen.status).toBe("open");
    expect(world.socket.query).toBe("");
  });

  it("tells the screen once a frame, however much comes", () => {
    for (let n = 1; n <= 1_000; n++) {
      world.socket.hear("log", { tip: n, missed: 0, lines: [{ n, line: `${n}`, what: { kind: "said", time: 0 } }] });
    }
    expect(world.draw()).toBe(1);
    expect(seen.lines).toHaveLength(1_000);
  });

  it("keeps the parts of the state that did not change", () => {
    world.socket.hear("state", { people: { total: 1, rows: [] }, machine: MACHINE });
    world.time += 2_000;
    world.socket.hear("state", { machine: { entries: 500 } });
    world.draw();
    expect(seen.state?.people.total).toBe(1);
    expect(seen.pace).toBe(250);
  });

  it("comes back, and goes on where it stood", async () => {
    world.socket.hear("log", { tip: 9, missed: 0, lines: [] });
    world.socket.close();
    await Promise.resolve();
    world.draw();
    expect(seen.status).toBe("lost");
    await Promise.resolve();
    world.pass(200);
    expect(world.sockets).toHaveLength(2);
    expect(world.socket.query).toBe("?run=7&since=9");
    world.socket.hear("hello", { ...HELLO, run: 8 });
    world.draw();
    expect(seen.status).toBe("open");
    expect(feed.log.tip).toBe(0);
  });

  it("comes back at once when somebody asks for it, and once only", async () => {
    world.socket.close();
    feed.retry();
    await Promise.resolve();
    await Promise.resolve();
    world.pass(60_000);
    expect(world.sockets).toHaveLength(2);
  });

  it("gives up where the cookie is void", async () => {
    world.welcome = false;
    world.socket.close();
    await Promise.resolve();
    await Promise.resolve();
    world.draw();
    expect(seen.status).toBe("shut");
    world.pass(60_000);
    expect(world.sockets).toHaveLength(1);
  });

  it("has orders answered, by their numbers", async () => {
    const first = feed.order("send_out", { name: "Ann" });
    const second = feed.order("announce", { text: "Tea" });
    expect(JSON.parse(world.socket.sent[0]!)).toEqual({ type: "send_out", payload: { name: "Ann", id: "1" } });
    world.socket.hear("done", { id: "2" });
    world.socket.hear("error", { id: "1", code: "not_here", message: "Ann is not here." });
    expect(await second).toEqual({ type: "done" });
    expect(await first).toMatchObject({ type: "error", message: "Ann is not here." });
  });

  it("answers orders itself where the line is gone", async () => {
    const order = feed.order("send_out", { name: "Ann" });
    world.socket.close();
    expect(await order).toMatchObject({ code: "offline" });
    expect(await feed.order("send_out", { name: "Ann" })).toMatchObject({ code: "offline" });
  });

  it("asks for a sign of life, and takes a silent line for dead", () => {
    world.pass(15_000);
    expect(world.socket.sent).toContain('{"type":"ping"}');
    world.socket.hear("pong", {});
    world.pass(20_000);
    const socket = world.socket;
    world.pass(30_000);
    expect(socket.sent.length).toBeGreaterThan(1);
    world.draw();
    expect(seen.status).toBe("lost");
  });
});
