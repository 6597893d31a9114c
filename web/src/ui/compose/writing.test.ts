import { describe, expect, it } from "vitest";

import { excess, meaningOf, quoted, type Pressed, type Situation } from "./writing";

describe("quoted", () => {
  it.each([
    ["hello", "> hello\n\n"],
    ["  one\r\ntwo\n", "> one\n> two\n\n"],
    ["> before\n\nafter", "> > before\n> \n> after\n\n"],
    ["1\n2\n3\n4\n5\n6", "> 1\n> 2\n> 3\n> 4\n> 5 …\n\n"],
    ["a".repeat(1_000), `> ${"a".repeat(400)} …\n\n`],
  ])("%j", (text, quote) => {
    expect(quoted(text)).toBe(quote);
  });

  it("parts no character", () => {
    expect(quoted(`a${"\u{1F600}".repeat(400)}`).isWellFormed()).toBe(true);
  });
});

describe("excess", () => {
  it.each([
    ["", 3, 0],
    ["abc", 3, 0],
    ["abcde", 3, 2],
    ["\u{1F600}\u{1F600}\u{1F600}", 3, 0],
    ["\u{1F600}\u{1F600}\u{1F600}\u{1F600}", 3, 1],
  ])("%j of %d", (text, most, over) => {
    expect(excess(text, most)).toBe(over);
  });
});

describe("keys", () => {
  const key = (name: string, over: Partial<Pressed> = {}): Pressed => {
    const held = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
    return { key: name, ...held, isComposing: false, keyCode: 0, ...over };
  };
  const writing: Situation = { empty: false, editing: false, finger: false };

  it("send by Enter, but not while letters are being chosen", () => {
    expect(meaningOf(key("Enter"), writing)).toBe("send");
    expect(meaningOf(key("Enter", { isComposing: true }), writing)).toBeNull();
    expect(meaningOf(key("Enter", { keyCode: 229 }), writing)).toBeNull();
    expect(meaningOf(key("Enter", { shiftKey: true }), writing)).toBeNull();
    expect(meaningOf(key("Enter", { altKey: true }), writing)).toBeNull();
  });

  it("write lines on a phone, and send with a key held", () => {
    const finger = { ...writing, finger: true };
    expect(meaningOf(key("Enter"), finger)).toBeNull();
    expect(meaningOf(key("Enter", { ctrlKey: true }), finger)).toBe("send");
    expect(meaningOf(key("Enter", { metaKey: true }), writing)).toBe("send");
  });

  it("cancel a change by Escape, and nothing else", () => {
    expect(meaningOf(key("Escape"), { ...writing, editing: true })).toBe("cancel");
    expect(meaningOf(key("Escape"), writing)).toBeNull();
  });

  it("take the last message by an arrow where nothing is written", () => {
    expect(meaningOf(key("ArrowUp"), { ...writing, empty: true })).toBe("last");
    expect(meaningOf(key("ArrowUp"), writing)).toBeNull();
    expect(meaningOf(key("ArrowUp"), { ...writing, empty: true, editing: true })).toBeNull();
    expect(meaningOf(key("ArrowUp", { ctrlKey: true }), { ...writing, empty: true })).toBeNull();
    expect(meaningOf(key("a"), writing)).toBeNull();
  });
});
