import { afterEach, describe, expect, it, vi } from "vitest";

import { MemorySink, openPart } from "./sinks";

const MIB = 1024 * 1024;
const FULL = expect.objectContaining({ name: "QuotaExceededError" }) as Error;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A browser whose files of its own end after so many bytes; whether it says so, or drops the rest without a word. */
function browserWith(space: number, { honest }: { honest: boolean }): () => number {
  let size = 0;
  const file = {
    getSize: () => size,
    write: (data: Uint8Array, { at }: { at: number }) => {
      const fits = Math.max(0, Math.min(data.length, space - at));
      size = Math.max(size, at + fits);
      return honest ? fits : data.length;
    },
    flush: () => {},
    close: () => {},
  };
  class Handle {
    createSyncAccessHandle = () => Promise.resolve(file);
  }
  Object.assign(Handle.prototype, { createSyncAccessHandle: () => {} });
  const folder = { getFileHandle: () => Promise.resolve(new Handle()) };
  const root = { getDirectoryHandle: () => Promise.resolve(folder) };
  vi.stubGlobal("FileSystemFileHandle", Handle);
  vi.stubGlobal("navigator", { storage: { getDirectory: () => Promise.resolve(root) } });
  return () => size;
}

describe("a part of the browser's own", () => {
  it("takes what fits, in pieces of any size", async () => {
    const written = browserWith(4 * MIB, { honest: true });
    const sink = (await openPart("00"))!;
    for (let at = 0; at < 4 * MIB; at += MIB / 2) sink.write(new Uint8Array(MIB / 2));
    await sink.close();
    expect(written()).toBe(4 * MIB);
  });

  for (const honest of [true, false]) {
    it(`refuses what does not fit, where the browser ${honest ? "says so" : "drops it"}`, async () => {
      browserWith(3 * MIB + 1, { honest });
      const sink = (await openPart("00"))!;
      for (let at = 0; at < 3 * MIB; at += MIB) sink.write(new Uint8Array(MIB));
      expect(() => sink.write(new Uint8Array(MIB))).toThrow(FULL);
    });
  }

  it("refuses a last piece that does not fit", async () => {
    browserWith(10, { honest: false });
    const sink = (await openPart("00"))!;
    sink.write(new Uint8Array(11));
    await expect(sink.close()).rejects.toEqual(FULL);
  });
});

describe("memory", () => {
  it("is whole where it can be read", async () => {
    const sink = new MemorySink();
    sink.write(new Uint8Array([1, 2, 3]));
    await sink.close();
    expect(await sink.blob().arrayBuffer()).toEqual(new Uint8Array([1, 2, 3]).buffer);
  });

  it("is full where the browser lost some of it", async () => {
    const sink = new MemorySink();
    sink.write(new Uint8Array([1, 2, 3]));
    const lost = new DOMException("gone", "NotReadableError");
    vi.spyOn(Blob.prototype, "arrayBuffer").mockRejectedValue(lost);
    await expect(sink.close()).rejects.toEqual(FULL);
  });
});
