import { describe, expect, it } from "vitest";

import { inRoom, scene, shown } from "../testing/scene";
import { MemoryStorage } from "../testing/world";

describe("a line that breaks", () => {
  it("is looked for again, and what was said meanwhile goes out once and in order", async () => {
    const { room, look, salon, world, server } = await inRoom();
    server.die();
    await world.pass(50);
    expect(salon.state.status).toMatchObject({ kind: "offline", why: "lost" });
    for (const words of ["one", "two", "three"]) room.say(words);
    expect(look().outbox.map((one) => one.state)).toEqual(["waiting", "waiting", "waiting"]);
    expect(salon.state.waiting).toBe(3);
    await world.pass(60_000);
    server.alive = true;
    await world.pass(11_000);
    expect(salon.state.status.kind).toBe("online");
    expect(server.said("garden")).toEqual(["one", "two", "three"]);
    expect(shown(look().rows)).toEqual(["Ann: one", "Ann: two", "Ann: three"]);
    expect(look().outbox).toEqual([]);
  });

  it("has its next try told, waits longer each time, and hurries when asked", async () => {
    const { salon, world, server } = await inRoom();
    const since = world.time;
    server.die();
    const waits: number[] = [];
    for (let before = 0; waits.length < 9;) {
      await world.pass(10);
      const status = salon.state.status;
      if (status.kind !== "offline" || status.nextTry === before || !status.nextTry) continue;
      expect(status.since - since).toBeLessThan(50);
      before = status.nextTry;
      waits.push(status.nextTry - world.time);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000);
    expect(waits[0]).toBeLessThanOrEqual(100);
    expect(waits[8]).toBeGreaterThan(4_000);
    server.alive = true;
    salon.retry();
    await world.pass(100);
    expect(salon.state.status.kind).toBe("online");
  });

  it("is looked for at once when the machine has its network again", async () => {
    const { salon, world, server } = await inRoom();
    world.hasNetwork = false;
    server.die();
    await world.pass(30_000);
    expect(salon.state.status).toMatchObject({ kind: "offline", why: "network" });
    server.alive = world.hasNetwork = true;
    world.networkChanged();
    await world.pass(50);
    expect(salon.state.status.kind).toBe("online");
  });

  it("is given up when it falls silent, and asked when the network changed", async () => {
    const { salon, world, server } = await inRoom();
    const told = [...server.connections][0]!;
    told.tell = () => {}; // the other side is gone, and nobody has said so
    world.networkChanged();
    await world.pass(2_900);
    expect(server.connections.has(told)).toBe(true);
    await world.pass(1_000);
    expect(server.connections.has(told)).toBe(false);
    expect(salon.state.status.kind).toBe("online");
  });

  it("that is only quiet is kept", async () => {
    const { salon, world, server } = await inRoom();
    await world.pass(300_000);
    expect(salon.state.status.kind).toBe("online");
    expect(server.heard.filter((one) => one.type === "connect").length).toBe(1);
    expect(server.heard.some((one) => one.type === "ping")).toBe(true);
  });

  it("says so when the server closes", async () => {
    const { salon, world, server } = await inRoom();
    for (const one of server.connections) one.tell("notification", { kind: "closing", message: "closing" });
    await world.pass(20);
    server.die();
    await world.pass(20);
    expect(salon.state.status).toMatchObject({ kind: "offline", why: "closing" });
    server.alive = true;
    await world.pass(11_000);
    server.die();
    await world.pass(20);
    expect(salon.state.status).toMatchObject({ why: "lost" });
  });

  it("leaves a command that a closing server refused for the next line", async () => {
    const { room, look, world, server } = await inRoom();
    server.refuses.set("message", { code: "closing", message: "The server is closing.", retry: true });
    room.say("hello");
    await world.pass(50);
    expect(look().outbox[0]!.state).toBe("waiting");
    server.refuses.clear();
    server.cut();
    await world.pass(1_000);
    expect(server.said("garden")).toEqual(["hello"]);
  });

  it("with a page that is gone meanwhile loses nothing", async () => {
    const { room, salon, world, server } = await inRoom();
    server.die();
    await world.pass(50);
    room.say("kept");
    salon.close();
    server.alive = true;
    const again = scene(world.storage, server, 2);
    expect(again.salon.room("garden").state.outbox.map((one) => one.text)).toEqual(["kept"]);
    await again.world.pass(200);
    expect(server.said("garden")).toEqual(["kept"]);
    expect(world.storage.keys().filter((key) => key.startsWith("salon/out/"))).toEqual([]);
  });

  it("says what is not kept over a reload where the storage is full", async () => {
    const storage = new MemoryStorage();
    const { salon, world, server } = scene(storage);
    salon.signIn("Ann");
    await world.pass(100);
    server.die();
    await world.pass(50);
    storage.full = true;
    salon.room("lobby").say("large");
    expect(salon.state.unkept).toBe("storage");
    server.alive = true;
    await world.pass(11_000);
    expect(server.said("lobby")).toEqual(["large"]);
  });

  it("passes over what an earlier page left broken", async () => {
    const storage = new MemoryStorage();
    storage.set("salon/out/1", "{");
    storage.set("salon/out/2", '{"id":"x","type":"nonsense","payload":{}}');
    storage.set("salon/rooms", "no list");
    storage.set("salon/draft/lobby", "7");
    storage.set("salon/secret", "short");
    storage.set("salon/name", "Ann");
    const { salon, world } = scene(storage);
    await world.pass(100);
    expect(salon.state.status.kind).toBe("online");
    expect(salon.room("lobby").draft.text).toBe("");
    expect(salon.state.waiting).toBe(0);
  });
});

describe("what was missed", () => {
  it("is fetched, with what it changed", async () => {
    const { look, world, server } = await inRoom();
    server.say("garden", "Bob", "first");
    await world.pass(50);
    server.die();
    await world.pass(20);
    for (let number = 0; number < 150; number++) server.say("garden", "Bob", `missed ${number}`);
    server.append("garden", "notification", { kind: "edited", sender: "Bob", target: 1, text: "first, edited" });
    server.alive = true;
    await world.pass(1_000);
    expect(look().live).toBe(true);
    expect(look().rows.length).toBe(151);
    expect(shown(look().rows)[0]).toBe("Bob: first, edited");
    expect(shown(look().rows).at(-1)).toBe("Bob: missed 149");
    expect(look().unread).toBe(151);
  });

  it("where it is much is left to the reader, who goes on where they were", async () => {
    const { room, look, world, server } = await inRoom();
    server.say("garden", "Bob", "first");
    await world.pass(50);
    server.die();
    await world.pass(20);
    for (let number = 0; number < 1_000; number++) server.say("garden", "Bob", `missed ${number}`);
    server.alive = true;
    await world.pass(1_000);
    expect(look()).toMatchObject({ live: false, newer: "some", head: 1_001 });
    const loading = room.loadNewer();
    await world.pass(100);
    await loading;
    expect(shown(look().rows).slice(0, 3)).toEqual(["Bob: first", "Bob: missed 0", "Bob: missed 1"]);
    const jumping = room.toNewest();
    await world.pass(100);
    await jumping;
    expect(look()).toMatchObject({ live: true, newer: "none", older: "some" });
    expect(shown(look().rows).at(-1)).toBe("Bob: missed 999");
  });

  it("that the server keeps no more is told", async () => {
    const { room, look, world, server } = await inRoom();
    server.say("garden", "Bob", "first");
    await world.pass(50);
    room.setFollowing(false);
    server.die();
    await world.pass(20);
    for (let number = 0; number < 20; number++) server.say("garden", "Bob", `missed ${number}`);
    server.trim("garden", 12);
    server.alive = true;
    await world.pass(1_000);
    const loading = room.loadNewer();
    await world.pass(100);
    await loading;
    expect(shown(look().rows).slice(0, 3)).toEqual(["Bob: first", "gap 2-11 gone", "Bob: missed 10"]);
    expect(look().live).toBe(true);
  });

  it("never leaves a hole: the line is taken up again", async () => {
    const { look, world, server, salon } = await inRoom();
    server.say("garden", "Bob", "one");
    server.loses.add("Ann garden 2");
    server.say("garden", "Bob", "two");
    server.say("garden", "Bob", "three");
    await world.pass(20);
    expect(salon.state.status.kind).toBe("offline");
    await world.pass(1_000);
    expect(shown(look().rows)).toEqual(["Bob: one", "Bob: two", "Bob: three"]);
  });

  it("is nothing where entries come twice", async () => {
    const { look, world, server } = await inRoom();
    server.say("garden", "Bob", "one");
    await world.pass(20);
    const [entry] = server.log("garden").entries;
    for (const one of server.connections) one.tell(entry!.type, entry!.payload);
    await world.pass(20);
    expect(shown(look().rows)).toEqual(["Bob: one"]);
  });

  it("is another room where the log is another one", async () => {
    const { look, world, server } = await inRoom();
    for (const words of ["one", "two", "three"]) server.say("garden", "Bob", words);
    await world.pass(50);
    server.die();
    await world.pass(20);
    server.logs.set("garden", { first: 1, entries: [] });
    server.say("garden", "Bob", "another history");
    server.alive = true;
    await world.pass(1_000);
    expect(shown(look().rows)).toEqual(["Bob: another history"]);
    expect(look()).toMatchObject({ head: 1, unread: 1 });
  });

  it("counts a gap as seen", async () => {
    const { look, world, server } = await inRoom();
    server.log("garden").first = 8;
    for (const one of server.connections) {
      one.tell("gap", { room: "garden", from: 1, to: 7, why: "gone" });
      one.follows.set("garden", 7);
    }
    server.say("garden", "Bob", "eighth");
    await world.pass(50);
    expect(look().head).toBe(8);
    expect(shown(look().rows)).toEqual(["gap 1-7 gone", "Bob: eighth"]);
  });
});

describe("whatever happens to the line", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("everything arrives once, and everybody reads the same (seed %i)", async (seed) => {
    const { room, look, world, server } = await inRoom();
    for (let skip = 0; skip < seed; skip++) world.chance();
    const words: string[] = [];
    for (let step = 0; step < 300; step++) {
      const lot = world.chance();
      if (lot < 0.4) (words.push(`own ${step}`), room.say(`own ${step}`));
      else if (lot < 0.7) server.say("garden", "Bob", `other ${step}`);
      else if (lot < 0.75) server.loses.add(`Ann garden ${server.head("garden") + 1}`);
      else if (lot < 0.8) server.cut();
      else if (lot < 0.82) server.die();
      else server.alive = true;
      await world.pass(world.chance() * 60);
    }
    server.alive = true;
    await world.pass(30_000);
    server.say("garden", "Bob", "the end");
    await world.pass(20_000);
    const said = server.said("garden");
    expect(said.filter((one) => one.startsWith("own"))).toEqual(words);
    expect(look().rows.flatMap((row) => (row.kind === "said" ? [row.text] : []))).toEqual(said);
    expect(look().outbox).toEqual([]);
    expect(new Set(look().rows.map((row) => row.key)).size).toBe(look().rows.length);
  });
});
