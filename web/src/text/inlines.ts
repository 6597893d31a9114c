/**
 * Emphasis, code and links within a paragraph, in one pass: time grows with the length, whatever the text is.
 *
 * The grammar is the part of Markdown that people use in talk. It differs from CommonMark where that would show a
 * message otherwise than it was meant: `2*3*4` and `snake_case_name` are no emphasis, and a link says where it leads.
 */

import { leaves } from "./characters";
import { ADDRESS_CHARS, addressAt, target, tells, type Target } from "./links";
import type { Inline, Link, Styled } from "./nodes";

/** Deeper nesting is nobody's emphasis; it would only cost the page. */
const DEPTH = 16;

const STYLES: Record<string, Styled["kind"]> = { "**": "strong", __: "strong", "*": "em", _: "em", "~~": "strike" };
const RUN = /\*+|_+|~+/y;
const TICKS = /`+/y;
const PLAIN = /[^\\`*_~[\]hHmM]+/y;
const ESCAPED = "*_~`[";
const BLANK = /^\s?$/u;
/** What a word is made of, where words stand apart: scripts that are written without blanks are not meant. */
const WORD =
  /^(?!\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Hangul}|\p{sc=Thai}|\p{sc=Lao}|\p{sc=Khmer}|\p{sc=Myanmar})[\p{L}\p{N}_]$/u;
const LABELLED = new RegExp(`\\(\\s?((?:[^\\s()]|\\([^\\s()]{0,${ADDRESS_CHARS}}\\)){1,${ADDRESS_CHARS}})\\s?\\)`, "y");

/** Something that was opened and waits to be closed; what is never closed turns back into text. */
interface Frame {
  marker: string;
  nodes: Inline[];
}

export function parseInlines(text: string): Inline[] {
  return new Parser(text).parse();
}

class Parser {
  private at = 0;
  private readonly frames: Frame[] = [{ marker: "", nodes: [] }];
  /** How many frames of each marker are open: a closer without an opener is found out without looking. */
  private readonly open = new Map<string, number>();
  /** Lengths of backticks of which no closing run stands in the rest of the text. */
  private readonly unclosed = new Set<number>();
  private words = "";

  constructor(private readonly text: string) {}

  parse(): Inline[] {
    while (this.at < this.text.length) this.step();
    while (this.frames.length > 1) this.abandon();
    this.flush();
    return this.top.nodes;
  }

  private get top(): Frame {
    return this.frames[this.frames.length - 1] as Frame;
  }

  private step(): void {
    const character = this.text[this.at] as string;
    const taken =
      (character === "\\" && this.escape()) ||
      (character === "`" && this.code()) ||
      ("*_~".includes(character) && this.emphasis()) ||
      (character === "[" && this.openLabel()) ||
      (character === "]" && this.closeLabel()) ||
      ("hHmM".includes(character) && this.address());
    if (taken) return;
    this.words += character;
    this.at += 1;
    this.words += this.match(PLAIN);
  }

  /** What the pattern finds right here, taken, or ''. */
  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private escape(): boolean {
    const next = this.text[this.at + 1];
    if (next === undefined || !ESCAPED.includes(next)) return false;
    this.words += next;
    this.at += 2;
    return true;
  }

  private code(): boolean {
    const start = this.at;
    const ticks = this.match(TICKS);
    const end = this.unclosed.has(ticks.length) ? -1 : this.closingTicks(ticks);
    if (end < 0) {
      this.unclosed.add(ticks.length);
      this.words += ticks;
      return true;
    }
    const inside = this.text.slice(start + ticks.length, end);
    const bare = /^ .*[^ ].* $/s.test(inside) ? inside.slice(1, -1) : inside;
    this.push({ kind: "code", children: leaves(bare, true) });
    this.at = end + ticks.length;
    return true;
  }

  private closingTicks(ticks: string): number {
    let at = this.at;
    for (;;) {
      at = this.text.indexOf(ticks, at);
      if (at < 0) return -1;
      TICKS.lastIndex = at;
      const length = (TICKS.exec(this.text) as RegExpExecArray)[0].length;
      if (length === ticks.length) return at;
      at += length;
    }
  }

  private emphasis(): boolean {
    const start = this.at;
    const run = this.match(RUN);
    const before = characterEndingAt(this.text, start);
    const after = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0x20);
    const markers = markersOf(run);
    const opens = !BLANK.test(after) && !WORD.test(before);
    const closes = !BLANK.test(before) && !WORD.test(after);
    if (markers.length === 0 || (!(closes && this.close(markers)) && !(opens && this.openAll(markers))))
      this.words += run;
    return true;
  }

  /** Close each of the markers, in whichever order they were opened. False where one of them is not open. */
  private close(markers: string[]): boolean {
    if (markers.some((marker) => !this.open.get(marker))) return false;
    const waiting = [...markers];
    while (waiting.length > 0) {
      while (!waiting.includes(this.top.marker) && !this.swap(waiting)) this.abandon();
      const { marker } = this.top;
      waiting.splice(waiting.indexOf(marker), 1);
      const children = this.pop();
      this.push({ kind: STYLES[marker] as Styled["kind"], children });
    }
    return true;
  }

  /** `***a** b*`: which of two that were opened together is the outer one shows when the first is closed. */
  private swap(waiting: string[]): boolean {
    const outer = this.frames[this.frames.length - 2] as Frame;
    if (!(this.top.marker in STYLES) || !waiting.includes(outer.marker) || outer.nodes.length > 0) return false;
    [outer.marker, this.top.marker] = [this.top.marker, outer.marker];
    return true;
  }

  private openAll(markers: string[]): boolean {
    if (this.frames.length + markers.length > DEPTH) return false;
    for (const marker of markers) this.openFrame(marker);
    return true;
  }

  private openFrame(marker: string): void {
    this.flush();
    this.frames.push({ marker, nodes: [] });
    this.open.set(marker, (this.open.get(marker) ?? 0) + 1);
  }

  private openLabel(): boolean {
    // A label within a label would be a link within a link: the outer one is given up.
    while (this.open.get("[")) this.abandon();
    if (this.frames.length >= DEPTH) return false;
    this.openFrame("[");
    this.at += 1;
    return true;
  }

  private closeLabel(): boolean {
    if (!this.open.get("[")) return false;
    while (this.top.marker !== "[") this.abandon();
    LABELLED.lastIndex = this.at + 1;
    const found = LABELLED.exec(this.text);
    const leads = found === null ? null : target(found[1] as string);
    if (found === null || leads === null) {
      this.abandon();
      return false;
    }
    const children = this.pop().flatMap(unlinked);
    const label = plain(children);
    // Without a label to click on the address itself is one.
    if (label.trim() === "") children.push(...leaves(leads.href));
    this.push(link(leads, children));
    this.at = LABELLED.lastIndex;
    return true;
  }

  private address(): boolean {
    if (WORD.test(characterEndingAt(this.text, this.at))) return false;
    let address = addressAt(this.text, this.at);
    // Where a label is open, its end is not part of an address in it.
    if (this.open.get("[")) address = addressAt(address.split("](", 1)[0]!, 0);
    const leads = address === "" ? null : target(address);
    if (leads === null) return false;
    this.push(link(leads, leaves(address)));
    this.at += address.length;
    return true;
  }

  private push(node: Inline): void {
    this.flush();
    append(this.top.nodes, node);
  }

  private flush(): void {
    const words = this.words;
    this.words = "";
    for (const leaf of leaves(words)) append(this.top.nodes, leaf);
  }

  private pop(): Inline[] {
    this.flush();
    const { marker, nodes } = this.frames.pop() as Frame;
    this.open.set(marker, (this.open.get(marker) ?? 1) - 1);
    return nodes;
  }

  /** What was opened last was nothing: its marker is text, and what stands in it belongs to what is around. */
  private abandon(): void {
    const { marker } = this.top;
    const nodes = this.pop();
    append(this.top.nodes, { kind: "text", text: marker });
    for (const node of nodes) append(this.top.nodes, node);
  }
}

/** Text behind text is one text: whatever was tried and given up leaves no trace in the tree. */
function append(nodes: Inline[], node: Inline): void {
  const last = nodes[nodes.length - 1];
  if (node.kind === "text" && last?.kind === "text")
    nodes[nodes.length - 1] = { kind: "text", text: last.text + node.text };
  else nodes.push(node);
}

/** The markers that a run of one character stands for: `***` is two. None where it is no emphasis. */
function markersOf(run: string): string[] {
  if (run.startsWith("~")) return run.length === 2 ? ["~~"] : [];
  if (run.length === 3) return [run.slice(0, 2), run.slice(0, 1)];
  return run.length < 3 ? [run] : [];
}

function characterEndingAt(text: string, at: number): string {
  const last = text.charCodeAt(at - 1);
  return text.slice(Math.max(0, at - (last >= 0xdc00 && last <= 0xdfff ? 2 : 1)), at);
}

function link(leads: Target, children: Inline[]): Link {
  return { kind: "link", href: leads.href, host: leads.host, reveal: !tells(plain(children), leads), children };
}

/** What would be a link within a link is what its label is. */
function unlinked(node: Inline): Inline[] {
  if (node.kind === "link") return node.children;
  if (node.kind === "text" || node.kind === "mark" || node.kind === "code") return [node];
  return [{ ...node, children: node.children.flatMap(unlinked) }];
}

/** The words alone. */
export function plain(nodes: Inline[]): string {
  return nodes
    .map((node) => (node.kind === "text" ? node.text : node.kind === "mark" ? "\uFFFD" : plain(node.children)))
    .join("");
}
