import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { FakePage, FakeSalon, type FakeHand } from "../testing/page";
import type { Report } from "./getting";
import type { KeptDownload, KeptUpload } from "./keeping";
import { Shelves } from "./shelf";
import { BrowserTransfers } from "./transfers";
import type { Transfer } from "./types";

const HASH = "ab".repeat(32);
const FILM = { name: "film.bin", size: 100, sha256: HASH };

let page: FakePage;
let salon: FakeSalon;
let transfers: BrowserTransfers;

beforeEach(() => {
  page = new FakePage();
  salon = new FakeSalon();
});
afterEach(() => transfers.close());

function open(): BrowserTransfers {
  return (transfers = new BrowserTransfers(salon, new Shelves(salon), page));
}

/** The one transfer, when all that is due has happened. */
async function only(): Promise<Transfer> {
  await settled();
  expect(transfers.state.transfers).toHaveLength(1);
  return transfers.state.transfers[0]!;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function file(name: string, size = 10): File {
  return new File([new Uint8Array(size)], name, { lastModified: 5 });
}

describe("a download", () => {
  it("goes by the hash, shows how far it is, and is saved once it is whole", async () => {
    open().get("my room", FILM);
    await settled();
    const [hand] = page.hands as [FakeHand];
    expect(hand.orders).toEqual([
      { kind: "go", url: `/rooms/my%20room/blobs/${HASH}`, headers: { Authorization: "Bearer ticket" }, sha256: HASH, size: 100 },
    ]); // prettier-ignore
    hand.report({ kind: "moving", offset: 10 });
    page.time += 1000;
    hand.report({ kind: "moving", offset: 30 });
    expect(await only()).toMatchObject({ state: "moving", offset: 30, rate: 20, eta: 3.5 });
    hand.report({ kind: "done", sha256: HASH, part: "p", file: null });
    expect(await only()).toMatchObject({ state: "done", verified: true, offset: 100 });
    expect(page.saved).toEqual(["film.bin from p"]);
    expect(hand.ended).toBe(true);
    expect(await page.keep.all()).toEqual([]);
  });

  it("pauses, and goes on with the worker that knows what is there", async () => {
    const id = open().get("r", FILM);
    await settled();
    const [hand] = page.hands as [FakeHand];
    hand.report({ kind: "moving", offset: 40 });
    transfers.pause(id);
    hand.report({ kind: "moving", offset: 50 }); // it was under way already
    expect(await only()).toMatchObject({ state: "paused", offset: 40, rate: 0 });
    transfers.proceed(id);
    expect(await only()).toMatchObject({ state: "moving" });
    expect(page.hands).toHaveLength(1);
    expect(hand.orders.map((order) => order.kind)).toEqual(["go", "stop", "go"]);
  });

  it("looks for the server with growing pauses, and at once when the line is back", async () => {
    open().get("r", FILM);
    await settled();
    const [hand] = page.hands as [FakeHand];
    hand.report({ kind: "cut" });
    expect(await only()).toMatchObject({ state: "waiting", refusal: null });
    page.pass(100);
    expect(hand.orders).toHaveLength(2);
    hand.report({ kind: "cut" });
    page.pass(100);
    expect(hand.orders).toHaveLength(2);
    salon.tell({ kind: "online" });
    expect(hand.orders).toHaveLength(3);
  });

  it("asks again with a new ticket, and gives up where the file is gone", async () => {
    const id = open().get("r", FILM);
    await settled();
    const [hand] = page.hands as [FakeHand];
    const void_ = { code: "bad_ticket", message: "void", retry: false };
    hand.report({ kind: "refused", status: 401, body: JSON.stringify(void_) });
    salon.ticket = "another";
    salon.tell({ kind: "online" });
    expect(hand.orders[1]).toMatchObject({ headers: { Authorization: "Bearer another" } });
    const gone = { code: "no_such_file", message: "gone", fields: { name: "film.bin" } };
    hand.report({ kind: "refused", status: 404, body: JSON.stringify(gone) });
    expect(await only()).toMatchObject({
      state: "failed",
      refusal: { code: "no_such_file", fields: { name: "film.bin" } },
    });
    expect(await page.keep.all()).toEqual([]);
    transfers.proceed(id);
    expect(await only()).toMatchObject({ state: "moving" });
    expect(page.hands).toHaveLength(2);
  });

  it.each([
    [{ kind: "differs" }, "bytes_differ"],
    [{ kind: "unkept", why: "full" }, "no_space"],
    [{ kind: "unkept", why: "forbidden" }, "unkept_file"],
    [{ kind: "refused", status: 418, body: "<teapot>" }, "strange_answer"],
  ] as [Report, string][])("says why it failed: %o", async (report, code) => {
    open().get("r", FILM);
    await settled();
    page.hands[0]!.report(report);
    expect((await only()).refusal?.code).toBe(code);
  });

  it("begins again where nothing moved for half a minute", async () => {
    open().get("r", FILM);
    await settled();
    const [hand] = page.hands as [FakeHand];
    page.pass(29_000);
    expect(hand.orders).toHaveLength(1);
    page.pass(4_000);
    await settled();
    expect(hand.orders.map((order) => order.kind)).toEqual(["go", "stop", "go"]);
  });

  it("moves two at once, in the order in which they were asked for", async () => {
    open();
    for (const name of ["a", "b", "c"]) transfers.get("r", { ...FILM, name, sha256: name.repeat(64) });
    await settled();
    expect(transfers.state.transfers.map((one) => [one.name, one.state])).toEqual([
      ["c", "queued"],
      ["b", "moving"],
      ["a", "moving"],
    ]);
    page.hands[0]!.report({ kind: "done", sha256: "", part: "", file: null });
    await settled();
    expect(transfers.state.transfers[0]!.state).toBe("moving");
  });

  it("leaves nothing behind when it is cancelled", async () => {
    const id = open().get("r", FILM);
    await settled();
    const [hand] = page.hands as [FakeHand];
    transfers.cancel(id);
    await settled();
    expect(hand.orders.at(-1)).toEqual({ kind: "discard" });
    hand.report({ kind: "stopped" });
    expect(hand.ended).toBe(true);
    expect(transfers.state.transfers).toEqual([]);
    expect(await page.keep.all()).toEqual([]);
  });
});

describe("what is sent", () => {
  it("is refused before a byte where it is too large", async () => {
    await open().send("r", [{ file: file("big.bin", 1001) }]);
    expect(await only()).toMatchObject({ state: "failed", refusal: { code: "too_large", fields: { limit: 1000 } } });
  });

  it("waits for a word where others would leave the shelf, or be replaced", async () => {
    salon.files = [
      { name: "new", size: 1, leaves_after: 2 },
      { name: "old", size: 1, leaves_after: 1 },
    ];
    await open().send("r", [{ file: file("next.txt") }]);
    await settled();
    expect(transfers.state).toMatchObject({ transfers: [], offers: [{ room: "r", pushesOut: ["old"], replaces: [] }] });
    transfers.decline(transfers.state.offers[0]!.id);
    await settled();
    expect(transfers.state).toEqual({ transfers: [], offers: [] });
    await transfers.send("r", [{ file: file("new") }]);
    await settled();
    expect(transfers.state.offers[0]).toMatchObject({ pushesOut: [], replaces: ["new"] });
    transfers.accept(transfers.state.offers[0]!.id);
    expect(await only()).toMatchObject({ name: "new", direction: "up" });
  });

  it("asks whether so many are meant", async () => {
    await open().send(
      "r",
      Array.from({ length: 11 }, (_, number) => ({ file: file(`${number}`) })),
    );
    await settled();
    expect(transfers.state.offers[0]!.files).toHaveLength(11);
  });
});

describe("after a reload", () => {
  const upload: KeptUpload = {
    kind: "up", id: "u", person: "Ann", room: "r", name: "new.txt", source: "old.txt", size: 10, modified: 5, url: "", time: 1_000_000,
  }; // prettier-ignore
  const download: KeptDownload = {
    kind: "down", id: "d", person: "Ann", room: "r", name: "a", savedAs: "b", size: 10, sha256: HASH, time: 1_000_000,
  }; // prettier-ignore

  it("an upload waits for its file, and takes no other", async () => {
    page.keep.put(upload);
    open();
    expect(await only()).toMatchObject({ state: "needs-file", name: "new.txt" });
    expect(transfers.giveFile("u", { file: file("old.txt", 11) })).toBe(false);
    expect(transfers.giveFile("u", { file: file("other.txt") })).toBe(false);
    expect(transfers.giveFile("u", { file: file("old.txt") })).toBe(true);
    expect(["queued", "moving"]).toContain((await only()).state);
  });

  it("the same file dropped again is that upload", async () => {
    page.keep.put(upload);
    open();
    await only();
    await transfers.send("r", [{ file: file("old.txt") }]);
    expect((await only()).id).toBe("u");
  });

  it("a download goes on by itself, and its part is left alone", async () => {
    page.keep.put(download);
    open();
    expect(await only()).toMatchObject({ state: "moving", savedAs: "b" });
    expect([...page.swept[0]!]).toEqual([`${HASH}.part`]);
  });

  it("nothing is left where somebody signed out", async () => {
    page.keep.put({ ...download, id: "1", person: "Bob" });
    open().get("r", FILM);
    await settled();
    salon.become("offline");
    salon.become("signed-out");
    await settled();
    expect(transfers.state.transfers).toEqual([]);
    expect(await page.keep.all()).toEqual([]);
    expect(page.hands[0]!.orders.at(-1)).toEqual({ kind: "discard" });
    expect(page.swept.at(-1)!.size).toBe(0);
  });

  it("what is somebody else's, too old or with another page is left alone", async () => {
    page.keep.put({ ...download, id: "1", person: "Bob" });
    page.keep.put({ ...download, id: "2", time: -90_000_000 });
    page.keep.put({ ...download, id: "3" });
    page.taken.add("3");
    open();
    await settled();
    expect(transfers.state.transfers).toEqual([]);
    expect((await page.keep.all()).map((one) => one.id)).toEqual(["1", "3"]);
  });

  it("what a page before this one has not let go of is taken up once it has", async () => {
    page.keep.put(download);
    page.taken.add("d");
    open();
    await settled();
    expect(transfers.state.transfers).toEqual([]);
    page.taken.clear();
    page.pass(500);
    const [hand] = (await only(), page.hands) as [FakeHand];
    hand.report({ kind: "unkept", why: "busy" });
    expect(await only()).toMatchObject({ state: "waiting", refusal: { code: "got_elsewhere" } });
    page.pass(100);
    expect(hand.orders).toHaveLength(2);
  });
});
