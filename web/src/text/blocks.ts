/**
 * Paragraphs, quotes, lists and blocks of code. Lines stay lines: what somebody wrote under each other is shown so.
 * Headings, tables, rules, pictures and HTML are no part of talk, and remain the text that they are.
 */

import { leaves } from "./characters";
import { parseInlines } from "./inlines";
import type { Block, Item } from "./nodes";

/** Quotes and lists within each other; deeper ones are text. Bounds the passes over one line. */
const DEPTH = 6;

const FENCE = /^( {0,3})(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;
const QUOTE = /^ {0,3}> ?/;
const MARKER = /^( {0,3})([-*]|(\d{1,9})\.)( +)(?=\S)/;
const EMPTY = /^\s*$/;

/** The tree of a message's text. */
export function parse(text: string): Block[] {
  return parseLines(text.replace(/\r\n?|[\u2028\u2029]/g, "\n").split("\n"), 0);
}

function parseLines(lines: string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let words: string[] = [];
  const flush = (): void => {
    if (words.length > 0) blocks.push({ kind: "paragraph", children: parseInlines(words.join("\n")) });
    words = [];
  };
  let at = 0;
  while (at < lines.length) {
    const found = blockAt(lines, at, depth);
    if (found !== null) {
      flush();
      blocks.push(found.block);
      at = found.next;
      continue;
    }
    const line = lines[at] as string;
    if (EMPTY.test(line)) flush();
    else words.push(line);
    at += 1;
  }
  flush();
  return blocks;
}

interface Found {
  block: Block;
  /** The first line behind it. */
  next: number;
}

/** The block other than a paragraph that begins in this line, or null. */
function blockAt(lines: string[], at: number, depth: number): Found | null {
  const line = lines[at] as string;
  const fence = FENCE.exec(line);
  if (fence !== null) return codeAt(lines, at, fence);
  if (depth >= DEPTH) return null;
  if (QUOTE.test(line)) return quoteAt(lines, at, depth);
  const marker = MARKER.exec(line);
  return marker === null ? null : listAt(lines, at, depth, marker[3] !== undefined);
}

/** A fence that is never closed goes to the end: of a message that is still being read, say. */
function codeAt(lines: string[], at: number, fence: RegExpExecArray): Found {
  const [, indent = "", ticks = "", language = ""] = fence;
  const closing = new RegExp(`^ {0,3}${ticks[0] as string}{${ticks.length},}\\s*$`);
  const leading = new RegExp(`^ {0,${indent.length}}`);
  let next = at + 1;
  const inside: string[] = [];
  while (next < lines.length && !closing.test(lines[next] as string)) {
    inside.push((lines[next] as string).replace(leading, ""));
    next += 1;
  }
  const text = inside.join("\n");
  return { block: { kind: "block", language, text, children: leaves(text, true) }, next: next + 1 };
}

function quoteAt(lines: string[], at: number, depth: number): Found {
  const inside: string[] = [];
  let next = at;
  while (next < lines.length && QUOTE.test(lines[next] as string)) {
    inside.push((lines[next] as string).replace(QUOTE, ""));
    next += 1;
  }
  return { block: { kind: "quote", children: parseLines(inside, depth + 1) }, next };
}

function listAt(lines: string[], at: number, depth: number, ordered: boolean): Found {
  const items: Item[] = [];
  let next = at;
  for (;;) {
    const marker = next < lines.length ? MARKER.exec(lines[next] as string) : null;
    if (marker === null || (marker[3] !== undefined) !== ordered) break;
    const width = marker[0].length;
    const inside = [(lines[next] as string).slice(width)];
    next = itemEnd(lines, next + 1, width, inside);
    items.push({ number: ordered ? Number(marker[3]) : null, children: parseLines(inside, depth + 1) });
  }
  return { block: { kind: "list", ordered, items }, next };
}

/** Collect what is indented so far that it belongs to the item. Returns the first line behind it. */
function itemEnd(lines: string[], at: number, width: number, inside: string[]): number {
  const indented = " ".repeat(width);
  let next = at;
  while (next < lines.length) {
    const line = lines[next] as string;
    if (line.startsWith(indented)) inside.push(line.slice(width));
    // A blank line belongs to the item only if more of it follows.
    else if (EMPTY.test(line) && (lines[next + 1] ?? "").startsWith(indented)) inside.push("");
    else break;
    next += 1;
  }
  return next;
}
