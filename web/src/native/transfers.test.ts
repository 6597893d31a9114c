import { describe, expect, it } from "vitest";

import type { Transfers, TransfersState } from "../files/types";
import { Value } from "../files/value";
import { AgentLine } from "./agent";
import { agentStorage } from "./storage";
import { AgentTransfers } from "./transfers";

interface Sent {
  type: string;
  payload: Record<string, unknown>;
}

const CAT = { name: "cat.png", size: 8, sha256: "ab" };

function begun(storage = agentStorage({})) {
  const sent: Sent[] = [];
  const calls: string[] = [];
  const line = new AgentLine({ send: (text) => sent.push(JSON.parse(text) as Sent) });
  const up = { id: "u1", time: 5, direction: "up" } as never;
  const state = new Value<TransfersState>({ transfers: [up], offers: [] });
  const browser = new Proxy({} as Transfers, {
    get(_, name) {
      if (name === "state") return state.state;
      if (name === "subscribe") return state.subscribe.bind(state);
      return (...given: unknown[]) => calls.push(`${String(name)} ${given.map(String).join(" ")}`);
    },
  });
  let time = 10;
  const transfers = new AgentTransfers(browser, line, () => ++time, storage);
  const tell = (type: string, payload: object): void => line.received(JSON.stringify({ type, payload }));
  const first = () => transfers.state.transfers[0]!;
  return { transfers, sent, calls, tell, first };
}

describe("files by the agent", () => {
  it("come down with their path, their place and their hash", async () => {
    const { transfers, sent, tell, first } = begun();
    const id = transfers.get("lobby", CAT, "other.png");
    expect(sent[0]).toMatchObject({ type: "get", payload: { name: "cat.png", room: "lobby", saved_as: "other.png" } });
    expect(first()).toMatchObject({ id, state: "queued", savedAs: "other.png", size: 8 });
    // The agent may tell of it before it has answered.
    tell("moved", { number: 3, name: "cat.png", room: "lobby", state: "moving", size: 8, offset: 2, path: "UDP" });
    expect(first()).toMatchObject({ state: "moving", offset: 2, path: "UDP" });
    tell("done", { id: sent[0]!.payload.id, number: 3 });
    await Promise.resolve();
    tell("moved", {
      number: 3,
      name: "cat.png",
      room: "lobby",
      state: "done",
      size: 8,
      offset: 8,
      saved: "/d/other.png",
    });
    expect(first()).toMatchObject({ state: "done", verified: true, place: "/d/other.png" });
    tell("moved", { number: 9, name: "dog.png", room: "lobby", state: "moving" });
    expect(transfers.state.transfers).toHaveLength(2);
    transfers.dismiss(id);
    expect(transfers.state.transfers.map((one) => one.id)).toEqual(["u1"]);
  });

  it("pause, proceed and are given up at the agent", async () => {
    const { transfers, sent, tell, calls } = begun();
    const id = transfers.get("lobby", CAT);
    transfers.pause(id); // it has no number yet
    tell("done", { id: sent[0]!.payload.id, number: 4 });
    await new Promise((resolve) => setTimeout(resolve));
    transfers.pause(id);
    transfers.proceed(id);
    transfers.cancel(id);
    expect(sent.slice(1).map(({ type, payload }) => [type, payload.number])).toEqual([
      ["pause", 4],
      ["proceed", 4],
      ["cancel", 4],
    ]);
    transfers.saveAgain(id);
    expect(calls).toEqual([]);
  });

  it("say why they were refused, and are tried again", async () => {
    const { transfers, sent, tell, first } = begun();
    const id = transfers.get("lobby", CAT, "cat");
    tell("refused", { id: sent[0]!.payload.id, code: "no_type", message: "cat has no type." });
    await new Promise((resolve) => setTimeout(resolve));
    expect(first()).toMatchObject({ state: "failed", refusal: { code: "no_type" } });
    transfers.proceed(id);
    expect(sent).toHaveLength(2);
    tell("moved", { number: 1, name: "cat.png", room: "lobby", state: "failed", code: "no_space", message: "full" });
    expect(first()).toMatchObject({ state: "failed", refusal: { message: "full" } });
    transfers.proceed(id);
    expect(sent).toHaveLength(3);
  });

  it("come from people too", () => {
    const { transfers, sent, tell, first } = begun();
    transfers.request("Leah", "scan.png");
    expect(sent[0]).toMatchObject({ type: "request", payload: { owner: "Leah", name: "scan.png" } });
    tell("moved", { number: 1, name: "scan.png", room: "", person: "Leah", state: "moving", path: "direct" });
    expect(first()).toMatchObject({ path: "direct", savedAs: "scan.png (Leah)" });
  });

  it("wait in the next window for whoever has them go on", () => {
    const storage = agentStorage({});
    const before = begun(storage);
    before.transfers.get("lobby", CAT, "a.png");
    before.transfers.get("lobby", { ...CAT, name: "done.png" });
    before.tell("moved", { number: 1, name: "cat.png", room: "lobby", state: "moving", size: 80, offset: 41 });
    before.tell("moved", { number: 2, name: "done.png", room: "lobby", state: "done", size: 8, offset: 8 });

    const after = begun(storage);
    expect(after.first()).toMatchObject({ state: "paused", name: "cat.png", savedAs: "a.png", size: 80, offset: 40 });
    expect(after.transfers.state.transfers).toHaveLength(2);
    expect(after.sent).toEqual([]);
    after.transfers.proceed(after.first().id);
    expect(after.sent[0]).toMatchObject({ type: "get", payload: { name: "cat.png", saved_as: "a.png" } });
    after.tell("moved", { number: 1, name: "cat.png", room: "lobby", state: "done", size: 80, offset: 80 });

    expect(begun(storage).transfers.state.transfers.map((one) => one.id)).toEqual(["u1"]);
    const third = begun(storage);
    third.transfers.get("lobby", CAT);
    third.transfers.forget();
    expect(third.transfers.state.transfers).toHaveLength(1);
    expect(begun(storage).transfers.state.transfers).toHaveLength(1);
    storage.set("salon/downloads", "no list");
    expect(begun(storage).transfers.state.transfers).toHaveLength(1);
  });

  it("are given up in the next window too, and leave nothing", async () => {
    const storage = agentStorage({});
    begun(storage).transfers.get("lobby", CAT);
    const after = begun(storage);
    after.transfers.cancel(after.first().id);
    after.tell("done", { id: after.sent[0]!.payload.id, number: 5 });
    await new Promise((resolve) => setTimeout(resolve));
    expect(after.sent[1]).toMatchObject({ type: "cancel", payload: { number: 5 } });
  });

  it("go up as in any browser", () => {
    const { transfers, calls } = begun();
    void transfers.send("lobby", []);
    transfers.accept("o");
    transfers.decline("o");
    transfers.giveFile("u1", {} as never);
    transfers.saveAgain("u1");
    transfers.pause("u1");
    transfers.proceed("u1");
    transfers.cancel("u1");
    transfers.dismiss("u1");
    expect(calls.map((call) => call.split(" ")[0])).toEqual([
      ...["send", "accept", "decline", "giveFile", "saveAgain", "pause", "proceed", "cancel", "dismiss"],
    ]);
  });
});
