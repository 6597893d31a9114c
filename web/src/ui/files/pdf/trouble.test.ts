import { afterEach, expect, it, vi } from "vitest";

import { Gone, piece, troubleOf } from "./trouble";

afterEach(() => vi.unstubAllGlobals());

function named(name: string): Error {
  return Object.assign(new Error("from a worker"), { name });
}

it.each([
  [new Gone("404"), "gone"],
  [named("PasswordException"), "locked"],
  [named("InvalidPDFException"), "broken"],
  [new TypeError("Failed to fetch"), "lost"],
  [new Error("whatever"), "broken"],
  ["no mistake at all", "broken"],
])("%s means %s", (mistake, trouble) => expect(troubleOf(mistake)).toBe(trouble));

it("asks for the bytes that are needed, and for no others", async () => {
  const asked = vi.fn(async () => new Response(new Uint8Array([1, 2, 3]), { status: 206 }));
  vi.stubGlobal("fetch", asked);
  const { signal } = new AbortController();
  expect(await piece("/rooms/a/blobs/b?look", 10, 13, signal)).toEqual(new Uint8Array([1, 2, 3]));
  expect(asked).toHaveBeenCalledWith("/rooms/a/blobs/b?look", { headers: { Range: "bytes=10-12" }, signal });
});

it.each([404, 416, 500, 200])("takes %i for gone: it is no part of the file", async (status) => {
  vi.stubGlobal("fetch", async () => new Response("whole", { status }));
  await expect(piece("/x", 0, 1, new AbortController().signal)).rejects.toThrow(Gone);
});
