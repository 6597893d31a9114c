import { describe, expect, it } from "vitest";

import { inRoom, scene, shown } from "../testing/scene";
import { WINDOW_ROWS } from "./limits";

describe("scrolling back", () => {
  it("opens a room of 100,000 messages from its end, and reads it page by page", async () => {
    const { room, look, world, server } = await inRoom("garden", (before) => {
      for (let number = 1; number <= 100_000; number++) before.log("garden").entries.push(entry(number));
    });
    expect(look()).toMatchObject({ head: 100_000, older: "some", live: true, loading: false });
    expect(look().rows.length).toBe(100);
    expect(server.heard.filter((one) => one.type === "history").length).toBe(0);
    for (let page = 0; page < 3; page++) {
      const loading = room.loadOlder();
      expect(look().older).toBe("loading");
      await world.pass(50);
      await loading;
    }
    expect(look().rows.map((row) => row.seq)).toEqual(sequence(99_601, 100_000));
  });

  it("keeps a window of 2,000 rows, and lets go of what is far from the reader", async () => {
    const { room, look, world, server } = await inRoom("garden", (before) => {
      for (let number = 1; number <= 5_000; number++) before.log("garden").entries.push(entry(number));
    });
    room.setFollowing(false);
    for (let page = 0; page < 30; page++) {
      const loading = room.loadOlder();
      await world.pass(50);
      await loading;
    }
    expect(look()).toMatchObject({ live: false, newer: "some" });
    expect(look().rows.map((row) => row.seq)).toEqual(sequence(1_901, 1_900 + WINDOW_ROWS));
    server.say("garden", "Bob", "newest");
    await world.pass(50);
    expect(look().head).toBe(5_001);
    expect(look().rows.at(-1)!.seq).toBe(1_900 + WINDOW_ROWS);
    for (let page = 0; page < 20; page++) {
      const loading = room.loadNewer();
      await world.pass(50);
      await loading;
    }
    expect(look()).toMatchObject({ live: true, newer: "none" });
    expect(look().rows.map((row) => row.seq)).toEqual(sequence(5_002 - WINDOW_ROWS, 5_001));
  });

  it("never takes the rows from under whoever reads", async () => {
    const { room, look, world, server } = await inRoom();
    room.setFollowing(false);
    for (let number = 0; number < WINDOW_ROWS + 500; number++) server.say("garden", "Bob", `${number}`);
    await world.pass(200);
    expect(look().rows.length).toBe(WINDOW_ROWS);
    expect(look().rows[0]!.seq).toBe(1);
    expect(look()).toMatchObject({ live: false, head: WINDOW_ROWS + 500 });
    const jumping = room.toNewest();
    await world.pass(50);
    await jumping;
    expect(look().rows.at(-1)!.seq).toBe(WINDOW_ROWS + 500);
  });

  it("comes to the beginning, also where entries are large and old ones are gone", async () => {
    const { room, look, world, server } = await inRoom("garden", (before) => {
      for (let number = 1; number <= 300; number++) before.log("garden").entries.push(entry(number));
      before.trim("garden", 151);
      before.pageLimit = 7;
    });
    for (let page = 0; page < 30 && look().older !== "none"; page++) {
      const loading = room.loadOlder();
      await world.pass(50);
      await loading;
    }
    expect(look().older).toBe("none");
    expect(look().rows.map((row) => row.seq)).toEqual(sequence(151, 300));
    const asked = server.heard.length;
    await room.loadOlder();
    expect(server.heard.length).toBe(asked);
  });

  it("goes to an entry and says whether it is there", async () => {
    const { room, look, world } = await inRoom("garden", (before) => {
      for (let number = 1; number <= 1_000; number++) before.log("garden").entries.push(entry(number));
    });
    const going = room.toEntry(300);
    await world.pass(50);
    expect(await going).toBe(true);
    expect(look().rows.map((row) => row.seq)).toEqual(sequence(250, 349));
    expect(look().live).toBe(false);
    expect(await room.toEntry(310)).toBe(true);
    expect(await room.toEntry(2_000)).toBe(false);
  });

  it("tells when a page cannot be had, and tries again", async () => {
    const { room, look, world, server } = await inRoom("garden", (before) => {
      for (let number = 1; number <= 300; number++) before.log("garden").entries.push(entry(number));
    });
    server.refuses.set("history", { code: "storage_failed", message: "no", retry: true });
    const failing = room.loadOlder();
    await world.pass(50);
    await failing;
    expect(look().older).toBe("failed");
    server.refuses.clear();
    const loading = room.loadOlder();
    await world.pass(50);
    await loading;
    expect(look().rows.length).toBe(200);
  });

  it("shows what was edited while a page was on its way", async () => {
    const { room, look, world, server } = await inRoom("garden", (before) => {
      for (let number = 1; number <= 150; number++) before.log("garden").entries.push(entry(number));
    });
    const loading = room.loadOlder();
    const page = server.log("garden").entries.slice(0, 50);
    await world.pass(5); // the server has read its page
    server.append("garden", "notification", { kind: "redacted", sender: "Bob", target: 10 });
    expect(page[9]!.payload.redacted).toBeUndefined();
    await world.pass(50);
    await loading;
    expect(shown(look().rows)[9]).toBe("Bob: (deleted)");
  });

  it("gives rows back when nobody looks any more", async () => {
    const { look, stop, world, server } = await inRoom();
    for (let number = 0; number < 1_500; number++) server.say("garden", "Bob", `${number}`);
    await world.pass(100);
    expect(look().rows.length).toBe(1_500);
    stop();
    await world.pass(2_000);
    expect(look().rows.length).toBe(100);
    for (let number = 0; number < 500; number++) server.say("garden", "Bob", `${number}`);
    await world.pass(100);
    expect(look().rows.length).toBe(100);
    expect(look().rows.at(-1)!.seq).toBe(2_000);
  });
});

describe("reading", () => {
  it("counts what others have said, in rooms that nobody looks at too", async () => {
    const { salon, world, server, room } = await inRoom();
    const joining = salon.join("kitchen");
    await world.pass(50);
    await joining;
    server.say("kitchen", "Bob", "soup");
    server.say("kitchen", "Ann", "mine, from elsewhere");
    server.say("garden", "Bob", "hi");
    await world.pass(50);
    expect(salon.state.rooms.map((one) => [one.key, one.unread])).toEqual([
      ["garden", 1],
      ["kitchen", 1],
    ]);
    expect(salon.state.unread).toBe(2);
    room.markRead(1);
    expect(salon.state.unread).toBe(1);
    await world.pass(1_000);
    expect(server.heard.filter((one) => one.type === "read").map((one) => one.payload.room)).toContain("garden");
  });

  it("is told now and then, the newest position alone", async () => {
    const { room, world, server } = await inRoom();
    for (let number = 1; number <= 20; number++) {
      server.say("garden", "Bob", `${number}`);
      await world.pass(20);
      room.markRead(number);
    }
    await world.pass(1_000);
    const told = server.heard.filter((one) => one.type === "read").map((one) => one.payload.seq);
    expect(told.length).toBeLessThanOrEqual(3);
    expect(told.at(-1)).toBe(20);
  });

  it("in another session counts here, and never goes back", async () => {
    const { room, look, world, server } = await inRoom();
    for (const words of ["one", "two", "three"]) server.say("garden", "Bob", words);
    await world.pass(50);
    server.sign("garden", "read", { target: 2 });
    await world.pass(50);
    expect(look()).toMatchObject({ read: 2, unread: 1 });
    room.markRead(1);
    expect(look().read).toBe(2);
  });

  it("is told again after a cut that swallowed it", async () => {
    const { room, world, server } = await inRoom();
    server.say("garden", "Bob", "one");
    await world.pass(50);
    server.die();
    await world.pass(20);
    room.markRead(1);
    await world.pass(2_000);
    server.alive = true;
    await world.pass(11_000);
    expect([...server.reads.values()]).toEqual([1]);
  });

  it("has a line before what is new", async () => {
    const { room, look, stop, world, server } = await inRoom();
    server.say("garden", "Bob", "seen");
    await world.pass(50);
    room.markRead(1);
    expect(look().line).toBe(0);
    stop();
    server.say("garden", "Bob", "new");
    await world.pass(2_000);
    room.subscribe(() => {});
    expect(look().line).toBe(1);
    room.markRead(2);
    expect(look().line).toBe(1);
    room.clearLine();
    expect(look().line).toBe(0);
    room.lookAway();
    server.say("garden", "Bob", "newer");
    server.say("garden", "Bob", "newest");
    await world.pass(50);
    expect(look().line).toBe(2);
    room.say("I am here");
    await world.pass(50);
    expect(look().line).toBe(0);
  });
});

describe("a flood", () => {
  it("of a thousand messages a second is one change in a frame", async () => {
    const { room, world, server } = await inRoom();
    let told = 0;
    room.subscribe(() => (told += 1));
    const before = world.frames;
    for (let turn = 0; turn < 100; turn++) {
      for (let number = 0; number < 10; number++) server.say("garden", "Bob", `${turn}.${number}`);
      await world.pass(10);
    }
    expect(world.frames - before).toBeLessThanOrEqual(70);
    expect(told).toBeLessThanOrEqual(71);
    expect(room.state.rows.length).toBe(1_000);
  });

  it("leaves the states as they were for whoever holds them", async () => {
    const { look, world, server } = await inRoom();
    server.say("garden", "Bob", "one");
    await world.pass(50);
    const before = look().rows;
    server.say("garden", "Bob", "two");
    await world.pass(50);
    expect(shown(before)).toEqual(["Bob: one"]);
    expect(look().rows[0]).toBe(before[0]);
  });

  it("in one room leaves the others' lines in the list as they are", async () => {
    const { salon, world, server } = await inRoom();
    const joining = salon.join("kitchen");
    await world.pass(50);
    await joining;
    const [, kitchen] = salon.state.rooms;
    server.say("garden", "Bob", "one");
    await world.pass(50);
    expect(salon.state.rooms[1]).toBe(kitchen);
    expect(salon.state.rooms[0]!.last?.text).toBe("one");
  });

  it("of a thousand rooms is a list of a thousand rooms", async () => {
    const { salon, world, server } = scene();
    const names = Array.from({ length: 1_000 }, (_, number) => `room ${number}`);
    world.storage.set("salon/rooms", JSON.stringify(names));
    salon.signIn("Ann");
    await world.pass(500);
    expect(salon.state.rooms.length).toBe(1_000);
    expect(salon.state.rooms.slice(0, 3).map((room) => room.key)).toEqual(["room 0", "room 1", "room 2"]);
    expect(server.heard.filter((one) => one.type === "connect").length).toBe(1);
  });
});

function entry(seq: number) {
  return { type: "message", payload: { sender: "Bob", room: "garden", text: `message ${seq}`, seq, time: seq } };
}

function sequence(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
