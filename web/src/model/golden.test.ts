/** The page's client and docs/protocol.md, which the server's and the Python client's tests are held to as well. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { inRoom, shown } from "../testing/scene";
import { entryOf } from "./entries";
import { directKey, fold, otherOf } from "./names";
import { decode, refusal, roomBounds } from "./wire";

const PROTOCOL = readFileSync(resolve(import.meta.dirname, "../../../docs/protocol.md"), "utf8");

function examples(side: "client" | "server"): [string, string][] {
  const blocks = PROTOCOL.matchAll(new RegExp("```json " + side + "\\n(.+?)\\n```", "gs"));
  return [...blocks].map((block) => [decode(block[1]!)!.type, block[1]!]);
}

/** The fields of each document that clients send, by the tables. */
function documented(): Map<string, Set<string>> {
  const chapter = PROTOCOL.split("\n## From the client\n")[1]!.split("\n## ")[0]!;
  const sections = chapter.split("\n### ").slice(1);
  return new Map(
    sections.map((section) => {
      const fields = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((row) => row[1]!);
      return [/^`(\w+)`/.exec(section)![1]!, new Set(fields)];
    }),
  );
}

describe("the documents of docs/protocol.md", () => {
  it("are there, of both sides", () => {
    expect(examples("server").length).toBeGreaterThan(12);
    expect(examples("client").length).toBeGreaterThan(12);
  });

  it.each(examples("server"))("a page takes %s without harm", async (type, example) => {
    const { server, world, salon } = await inRoom();
    for (const one of server.connections) {
      const { payload } = decode(example)!;
      one.tell(type, payload);
    }
    await world.pass(2_000);
    expect(salon.state.status.kind).toBe("online");
  });

  it("become what they mean", () => {
    const [ack] = examples("server").filter(([type]) => type === "connect_ack");
    expect(roomBounds(decode(ack![1])!.payload).get("garden")).toEqual({ first: 1, seq: 4, read: 3, topic: "" });
    const [said, whispered] = examples("server").filter(([type]) => type === "message");
    expect(entryOf(decode(said![1])!, "Ann")).toMatchObject({
      seq: 1,
      id: "m1",
      row: { kind: "said", sender: "Ann", own: true, text: "hello, Bob", edited: 2, redacted: 0, time: 1795222179095 },
    });
    expect(entryOf(decode(whispered![1])!, "Ann").row).toMatchObject({ own: false, to: "Ann", text: "psst" });
    const [edited] = examples("server").filter(([, text]) => text.includes('"kind":"edited"'));
    expect(entryOf(decode(edited![1])!, "Ann")).toMatchObject({
      row: null,
      change: { seq: 2, target: 1, text: "hello, Bob" },
    });
    const errors = examples("server").filter(([type]) => type === "error");
    expect(errors.map(([, text]) => refusal(decode(text)!.payload))).toContainEqual({
      code: "name_taken",
      message: 'Name "Ann" is taken. Try another.',
      fields: { name: "Ann" },
      retry: false,
    });
  });

  it("are the only words that a page says", async () => {
    const { server, world, salon, room } = await inRoom();
    room.say("one");
    await world.pass(50);
    room.edit(1, "two");
    room.redact(1);
    room.setTopic("topic");
    room.unshelve("scan.png");
    room.typing();
    salon.direct("Bob").say("psst");
    void salon.join("kitchen");
    void salon.listRooms();
    void room.toEntry(1);
    server.say("garden", "Bob", "three");
    await world.pass(50);
    room.markRead(server.head("garden"));
    await world.pass(30_000);
    salon.leave("kitchen");
    await world.pass(50);
    salon.signOut();
    await world.pass(50);
    const words = documented();
    for (const { type, payload } of server.heard) {
      const unknown = Object.keys(payload).filter((field) => !words.get(type)?.has(field));
      expect({ type, unknown }).toEqual({ type, unknown: [] });
    }
    const said = new Set(server.heard.map((one) => one.type));
    for (const type of ["connect", "message", "edit", "delete", "topic", "unshelve", "join", "leave"]) {
      expect(said).toContain(type);
    }
    for (const type of ["list", "typing", "read", "ping", "exit"]) expect(said).toContain(type);
  });
});

describe("what no server of ours would say", () => {
  it.each(["", "{", "7", "null", "[]", '{"type":7}', '{"type":"message"}', '{"type":"message","payload":[1]}'])(
    "is passed over: %s",
    async (nonsense) => {
      const { server, world, salon, look } = await inRoom();
      for (const one of server.connections) server.later(() => one.events.received(nonsense));
      server.say("garden", "Bob", "after it");
      await world.pass(50);
      expect(salon.state.status.kind).toBe("online");
      expect(shown(look().rows)).toEqual(["Bob: after it"]);
    },
  );

  it("of a type or kind that is not known counts where it has a number", async () => {
    const { server, world, look } = await inRoom();
    server.append("garden", "notification", { kind: "sang", message: "Bob sang." });
    for (const one of server.connections) one.tell("dance", { room: "garden" });
    await world.pass(50);
    expect(look().rows).toMatchObject([{ kind: "noted", what: "sang", message: "Bob sang." }]);
    expect(look().head).toBe(1);
  });
});

describe("names", () => {
  it.each([
    ["Ann", "ann"],
    ["STRASSE", "straße"],
    ["ΟΔΟΣ", "οδος"],
    ["é", "e\u0301"],
    ["ﬁle", "FILE"],
  ])("%s and %s are the same", (one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  it("of private rooms are as the server makes them", () => {
    expect(directKey("Bob", "Ann")).toBe("@ann:bob");
    expect(directKey("\u{1F600}", "\uFFFD")).toBe("@\uFFFD:\u{1F600}");
    expect(otherOf("@ann:bob", "Ann")).toBe("bob");
    expect(otherOf("@ann:bob", "BOB")).toBe("ann");
  });
});
