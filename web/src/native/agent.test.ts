import { describe, expect, it } from "vitest";

import { RefusedError } from "../model/types";
import { AgentLine } from "./agent";
import { agentStorage } from "./storage";
import type { Moved } from "./words";

interface Sent {
  type: string;
  payload: Record<string, unknown>;
}

function called(): { line: AgentLine; sent: Sent[]; tell: (type: string, payload: object) => void } {
  const sent: Sent[] = [];
  const line = new AgentLine({ send: (text) => sent.push(JSON.parse(text) as Sent) });
  return { line, sent, tell: (type, payload) => line.received(JSON.stringify({ type, payload })) };
}

describe("the line to the agent", () => {
  it("gives each errand its own answer", async () => {
    const { line, sent, tell } = called();
    const first = line.ask("reach", { address: "x" });
    const second = line.ask("get", { name: "a", room: "lobby" });
    expect(sent.map(({ type }) => type)).toEqual(["reach", "get"]);
    const ids = sent.map(({ payload }) => payload.id);
    expect(new Set(ids).size).toBe(2);
    tell("done", { id: ids[1], number: 7 });
    tell("done", { id: ids[0], address: "x:12345", kept: { a: "b", odd: 1 } });
    expect((await second).number).toBe(7);
    expect(await first).toMatchObject({ address: "x:12345", kept: { a: "b" } });
  });

  it("brings a refusal with its fields", async () => {
    const { line, sent, tell } = called();
    const asked = line.ask("reach", { address: "x" });
    tell("refused", { id: sent[0]!.payload.id, code: "no_server", message: "No", fields: { why: "w" }, retry: false });
    const error: unknown = await asked.catch((why: unknown) => why);
    expect(error).toBeInstanceOf(RefusedError);
    expect((error as RefusedError).refusal).toMatchObject({ code: "no_server", fields: { why: "w" } });
  });

  it("tells whoever comes late what was told before", () => {
    const { line, tell } = called();
    tell("hello", { server: "s", name: "n", folder: "/f", home: "/h", strange: [] });
    tell("moved", { number: 1, state: "moving", offset: 3, last_byte: 5 });
    tell("moved", { number: 1, state: "dancing" });
    line.received("no document");
    const heard: unknown[] = [];
    const moved: Moved[] = [];
    const stop = line.listen({ hello: (hello) => heard.push(hello.folder), moved: (one) => moved.push(one) });
    expect(heard).toEqual(["/f"]);
    expect(moved.map(({ number, state, size }) => [number, state, size])).toEqual([[1, "waiting", null]]);
    stop();
    tell("moved", { number: 2, state: "done" });
    expect(moved).toHaveLength(1);
  });

  it("ends everything once", async () => {
    const { line } = called();
    let gone = 0;
    line.listen({ gone: () => gone++ });
    const asked = line.ask("end", {}).catch((why: unknown) => (why as RefusedError).refusal.code);
    line.closed();
    line.closed();
    expect(await asked).toBe("agent_gone");
    await expect(line.ask("end", {})).rejects.toThrow("has ended");
    line.listen({ gone: () => gone++ });
    expect(gone).toBe(2);
  });
});

describe("what the agent keeps", () => {
  it("begins with what there is and tells what changes", () => {
    const told: [string, string | null][] = [];
    const storage = agentStorage({ a: "1" }, (key, value) => told.push([key, value]));
    expect([storage.get("a"), storage.get("b")]).toEqual(["1", null]);
    storage.set("a", "1");
    storage.set("b", "2");
    storage.remove("a");
    storage.remove("a");
    expect(storage.keys()).toEqual(["b"]);
    expect(told).toEqual([
      ["b", "2"],
      ["a", null],
    ]);
  });
});
