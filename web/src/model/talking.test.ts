import { describe, expect, it } from "vitest";

import { inRoom, scene, shown } from "../testing/scene";
import type { Happening, Said } from "./types";

describe("coming in", () => {
  it("asks nobody twice who they are", async () => {
    const { salon, world, server } = scene();
    expect(salon.state.status).toEqual({ kind: "signed-out", refusal: null });
    salon.signIn(" Ann ");
    expect(salon.state.status.kind).toBe("connecting");
    await world.pass(100);
    expect(salon.state.status).toEqual({ kind: "online" });
    expect(salon.state.name).toBe("Ann");
    expect(salon.state.rooms.map((room) => room.key)).toEqual(["lobby"]);
    expect(salon.ticket).toBe("ticket");
    salon.close();
    const again = scene(world.storage, server);
    await again.world.pass(100);
    expect(again.salon.state.status.kind).toBe("online");
    const [first, second] = server.heard.filter((one) => one.type === "connect");
    expect(second!.payload.client).toBe(first!.payload.client);
    expect(first!.payload.client).toMatch(/^[0-9a-f]{32}$/);
  });

  it("asks for another name where it is taken, in the words of the server", async () => {
    const { salon, world, server } = scene();
    server.refuses.set("connect", { code: "name_taken", message: 'Name "Ann" is taken.', fields: { name: "Ann" } });
    salon.signIn("Ann");
    await world.pass(100);
    expect(salon.state.status).toMatchObject({
      kind: "signed-out",
      refusal: { code: "name_taken", fields: { name: "Ann" } },
    });
    expect(salon.state.name).toBe("");
    server.refuses.clear();
    salon.signIn("Anna");
    await world.pass(100);
    expect(salon.state.status.kind).toBe("online");
  });

  it("forgets everything when somebody signs out", async () => {
    const { salon, world, room } = await inRoom();
    room.setDraft({ text: "half", to: "", editing: 0 });
    world.storage.set("salon.theme", "dark");
    salon.signOut();
    await world.pass(100);
    expect(salon.state.status.kind).toBe("signed-out");
    expect(salon.state.rooms).toEqual([]);
    expect(world.storage.keys()).toEqual(["salon.theme"]);
    expect(room.state.joined).toBe(false);
    expect(room.draft.text).toBe("");
  });

  it("shows why somebody was sent out, and does not come back by itself", async () => {
    const { salon, world, server } = await inRoom();
    for (const one of server.connections)
      one.tell("error", { code: "sent_out", message: "The operator sent you out." });
    server.sign("garden", "presence", { left: ["Bob"] });
    await world.pass(20);
    server.cut();
    await world.pass(60_000);
    expect(salon.state.status).toMatchObject({ kind: "refused", refusal: { code: "sent_out" } });
    salon.retry();
    await world.pass(100);
    expect(salon.state.status.kind).toBe("online");
  });
});

describe("saying", () => {
  it("shows a message at once, and its entry in its place", async () => {
    const { room, look, world } = await inRoom();
    room.say("hello");
    expect(look().outbox.map((one) => [one.text, one.state])).toEqual([["hello", "sending"]]);
    const { key } = look().outbox[0]!;
    await world.pass(100);
    expect(look().outbox).toEqual([]);
    expect(shown(look().rows)).toEqual(["Ann: hello"]);
    expect((look().rows[0] as Said).own).toBe(true);
    expect(look().rows[0]!.key).toBe(key);
  });

  it("keeps a refused message with its reason, and sends it again when told to", async () => {
    const { room, look, world, server, salon } = await inRoom();
    const heard: Happening[] = [];
    salon.hear((happening) => heard.push(happening));
    server.refuses.set("message", { code: "disk_full", message: "The server's disk is full.", retry: true });
    const id = room.say("hello");
    await world.pass(100);
    expect(look().outbox[0]).toMatchObject({ state: "failed", refusal: { code: "disk_full", retry: true } });
    expect(salon.state.storage?.code).toBe("disk_full");
    expect(salon.state.rooms[0]).toMatchObject({ failed: 1, waiting: 0 });
    expect(heard).toMatchObject([{ kind: "failed", room: "garden", sending: { id } }]);
    server.refuses.clear();
    room.retry(id);
    await world.pass(100);
    expect(server.said("garden")).toEqual(["hello"]);
    expect(look().outbox).toEqual([]);
    expect(salon.state.storage).toBeNull();
  });

  it("gives a message another id where the first one was used for something else", async () => {
    const { room, world, server } = await inRoom();
    server.refuses.set("message", { code: "id_reused", message: "used" });
    const id = room.say("hello");
    await world.pass(100);
    server.refuses.clear();
    room.retry(id);
    await world.pass(100);
    const ids = server.heard.filter((one) => one.type === "message").map((one) => one.payload.id);
    expect(new Set(ids).size).toBe(2);
  });

  it("discards what failed and what waits, but not what is on its way", async () => {
    const { room, look, world, server } = await inRoom();
    expect(room.discard(room.say("on its way"))).toBe(false);
    await world.pass(100);
    server.die();
    await world.pass(50);
    expect(room.discard(room.say("waits"))).toBe(true);
    expect(look().outbox).toEqual([]);
    expect(world.storage.keys().filter((key) => key.startsWith("salon/out/"))).toEqual([]);
  });

  it("edits, deletes, and finds one's last message", async () => {
    const { room, look, world } = await inRoom();
    room.say("one");
    room.say("two");
    await world.pass(100);
    expect(room.lastOwn()?.text).toBe("two");
    room.redact(2);
    room.edit(1, "uno");
    await world.pass(100);
    expect(shown(look().rows)).toEqual(["Ann: uno", "Ann: (deleted)"]);
    expect(room.lastOwn()?.text).toBe("uno");
    expect(look().head).toBe(4);
    expect(look().live).toBe(true);
  });

  it("keeps drafts by room, over a reload", async () => {
    const { room, salon, world, server } = await inRoom();
    room.setDraft({ text: "half", to: "Bob", editing: 3 });
    expect(salon.state.rooms[0]!.draft).toBe(true);
    const again = scene(world.storage, server).salon;
    expect(again.room("garden").draft).toEqual({ text: "half", to: "Bob", editing: 3 });
    expect(again.room("lobby").draft.text).toBe("");
    room.setDraft({ text: "", to: "", editing: 0 });
    expect(world.storage.keys().some((key) => key.startsWith("salon/draft/"))).toBe(false);
  });
});

describe("talking to one person", () => {
  it("begins a private room with the first message, and lists it", async () => {
    const { salon, world, server } = await inRoom();
    const bob = salon.direct("Bob");
    expect(bob.state).toMatchObject({ name: "Bob", direct: true, joined: true, loading: false });
    const stop = bob.subscribe(() => {});
    bob.say("psst");
    await world.pass(100);
    stop();
    expect(server.said("@ann:bob")).toEqual(["psst"]);
    expect(shown(bob.state.rows)).toEqual(["Ann: psst"]);
    expect(salon.state.rooms.at(-1)).toMatchObject({ key: "@ann:bob", name: "Bob", direct: true });
    expect(salon.direct("bob")).toBe(bob);
    expect(salon.room("@ann:bob")).toBe(bob);
  });

  it("hears what others whisper, and knows them after a reload", async () => {
    const { salon, world, server } = await inRoom();
    server.say("@ann:bob", "Bob", "psst", { to: "Ann" });
    await world.pass(100);
    expect(salon.state.rooms.at(-1)).toMatchObject({ name: "Bob", unread: 1, last: { text: "psst" } });
    salon.close();
    const again = scene(world.storage, server);
    await again.world.pass(200);
    expect(again.salon.state.rooms.at(-1)).toMatchObject({ name: "Bob", unread: 1, last: { text: "psst" } });
  });

  it("sends what is written in a room to one person into the room of the two", async () => {
    const { room, look, world, server } = await inRoom();
    room.say("psst", { to: "Bob" });
    await world.pass(100);
    expect(server.said("@ann:bob")).toEqual(["psst"]);
    expect(look().rows).toEqual([]);
  });

  it("takes a private room off the list until something is said there", async () => {
    const { salon, world, server } = await inRoom();
    server.say("@ann:bob", "Bob", "psst", { to: "Ann" });
    await world.pass(100);
    salon.leave("@ann:bob");
    expect(salon.state.rooms.map((room) => room.key)).toEqual(["garden"]);
    server.say("@ann:bob", "Bob", "again", { to: "Ann" });
    await world.pass(100);
    expect(salon.state.rooms.map((room) => room.key)).toEqual(["garden", "@ann:bob"]);
  });
});

describe("rooms", () => {
  it("are joined, listed and left", async () => {
    const { salon, world, server } = await inRoom();
    server.say("kitchen", "Bob", "soup");
    const joining = salon.join("Kitchen");
    await world.pass(100);
    expect(await joining).toBe("kitchen");
    expect(salon.state.rooms.map((room) => [room.key, room.unread])).toEqual([
      ["garden", 0],
      ["kitchen", 0],
    ]);
    const listing = salon.listRooms();
    await world.pass(100);
    const joined = (await listing).filter((one) => one.joined).map((one) => one.name);
    expect(joined.sort()).toEqual(["garden", "kitchen"]);
    salon.leave("kitchen");
    expect(salon.room("kitchen").state.joined).toBe(false);
    await world.pass(100);
    server.say("kitchen", "Bob", "nobody hears");
    await world.pass(100);
    expect(salon.state.rooms.map((room) => room.key)).toEqual(["garden"]);
    expect(world.storage.get("salon/rooms")).toBe('["garden"]');
  });

  it("cannot be joined without a line", async () => {
    const { salon, world, server } = await inRoom();
    server.die();
    await world.pass(100);
    await expect(salon.join("kitchen")).rejects.toMatchObject({ refusal: { code: "lost_server" } });
  });

  it("that refuse somebody say why", async () => {
    const { salon, world, server } = await inRoom();
    server.refuses.set("join", { code: "bad_room", message: "no" });
    const joining = salon.join("a/b");
    const refused = expect(joining).rejects.toMatchObject({ refusal: { code: "bad_room" } });
    await world.pass(100);
    await refused;
  });

  it("tell who is here, who came and went, and who writes", async () => {
    const { look, world, server } = await inRoom();
    expect(look().people).toEqual(["Ann"]);
    server.sign("garden", "presence", { joined: ["Bob", "Cleo"] });
    server.sign("garden", "typing", { sender: "Bob" });
    server.sign("garden", "typing", { sender: "Ann" });
    await world.pass(50);
    expect(look().people).toEqual(["Ann", "Bob", "Cleo"]);
    expect(look().typing).toEqual(["Bob"]);
    server.sign("garden", "presence", { left: ["Cleo"] });
    await world.pass(50);
    expect(shown(look().rows)).toEqual(["+Bob -"]);
    server.say("garden", "Bob", "hi");
    await world.pass(50);
    expect(look().typing).toEqual([]);
    server.sign("garden", "typing", { sender: "Bob" });
    await world.pass(7_000);
    expect(look().typing).toEqual([]);
  });

  it("tell others at most now and then that one writes", async () => {
    const { room, world, server } = await inRoom();
    for (let key = 0; key < 50; key++) {
      room.typing();
      await world.pass(100);
    }
    expect(server.heard.filter((one) => one.type === "typing").length).toBe(2);
  });

  it("have a topic", async () => {
    const { room, look, world } = await inRoom();
    room.setTopic("tomatoes");
    await world.pass(100);
    expect(look().topic).toBe("tomatoes");
    expect(shown(look().rows)).toEqual(["* topic"]);
  });
});
