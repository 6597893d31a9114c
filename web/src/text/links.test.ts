import { describe, expect, it } from "vitest";
import { FOLDED_CHARS, FOLDED_LINES, folded, pieces } from "./fold";
import { ADDRESS_CHARS, target } from "./links";

describe("folded", () => {
  it("leaves what is short", () => {
    expect(folded("")).toBeNull();
    expect(folded("a".repeat(FOLDED_CHARS))).toBeNull();
    expect(folded("a\n".repeat(FOLDED_LINES - 1))).toBeNull();
  });

  it("cuts at a line", () => {
    expect(folded("a\n".repeat(FOLDED_LINES + 5))).toBe("a\n".repeat(FOLDED_LINES).slice(0, -1));
  });

  it("cuts a text without lines, and no character in two", () => {
    expect(folded("a".repeat(1_000_000))).toHaveLength(FOLDED_CHARS);
    expect(folded(`a${"\u{1F600}".repeat(FOLDED_CHARS)}`)).toMatch(/^a(\u{1F600})+$/u);
  });
});

describe("pieces", () => {
  it.each(["", "a", "a\n".repeat(9_000), "a".repeat(99_999), `a${"\u{1F600}".repeat(9_000)}`])(
    "are the text",
    (text) => {
      const found = pieces(text);
      expect(found.join("")).toBe(text);
      expect(Math.max(0, ...found.map((piece) => piece.length))).toBeLessThanOrEqual(8_001);
      for (const piece of found) expect(piece.isWellFormed()).toBe(true);
    },
  );
});

describe("target", () => {
  it.each([
    "",
    "a",
    "ftp://a.example",
    " https://a.example",
    "https://",
    "https://a b",
    "https://[",
    "mailto:",
    "mailto:a",
    "mailto:%",
    "mailto:a@b?subject=x,c@d",
    `https://a.example/${"a".repeat(ADDRESS_CHARS)}`,
  ])("follows no %j", (address) => {
    const found = target(address);
    // A letter's subject is dropped, and its one mailbox kept.
    if (address.startsWith("mailto:a@b")) expect(found?.href).toBe("mailto:a@b");
    else expect(found).toBeNull();
  });

  it("knows hosts as the network does", () => {
    expect(target("http://[::1]:80/")).toEqual({ href: "http://[::1]/", host: "[::1]" });
    expect(target("https:\\\\evil.example")).toBeNull();
    expect(target("https://BÜCHER.example/")?.host).toBe("xn--bcher-kva.example");
    expect(target("https://0x7f.1/")?.host).toBe("127.0.0.1");
  });
});
