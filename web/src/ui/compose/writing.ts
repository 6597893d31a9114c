/** What a composer does with text and keys. Pure. */

/** Of a text that is answered to, so much is quoted: enough to know it again. */
const QUOTED_LINES = 5;
const QUOTED_CHARS = 400;

/** The text as a quote, with a place below it to write at. */
export function quoted(text: string): string {
  const head = text.slice(0, QUOTED_CHARS).replace(/[\uD800-\uDBFF]$/, "");
  const lines = head.trim().split(/\r\n?|\n/);
  const cut = head.length < text.trimEnd().length || lines.length > QUOTED_LINES;
  const kept = lines.slice(0, QUOTED_LINES);
  if (cut) kept[kept.length - 1] += " …";
  return `${kept.map((line) => `> ${line}`).join("\n")}\n\n`;
}

/** How many characters there are too many, counted as the server does: by code points. */
export function excess(text: string, most: number): number {
  if (text.length <= most) return 0;
  let points = 0;
  for (const _ of text) points += 1;
  return Math.max(0, points - most);
}

export type Meaning = "send" | "cancel" | "last";

export interface Pressed {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/** What the composer looks like when a key is pressed. */
export interface Situation {
  readonly empty: boolean;
  readonly editing: boolean;
  /** Fingers write: their Enter is a new line, and a button sends. */
  readonly finger: boolean;
}

/** What the key asks for; null where it only writes. */
export function meaningOf(pressed: Pressed, { empty, editing, finger }: Situation): Meaning | null {
  // While an input method is choosing letters, its keys are its own; Safari tells so by 229 alone.
  if (pressed.isComposing || pressed.keyCode === 229 || pressed.altKey || pressed.shiftKey) return null;
  if (pressed.key === "Enter") return pressed.ctrlKey || pressed.metaKey || !finger ? "send" : null;
  if (pressed.ctrlKey || pressed.metaKey) return null;
  if (pressed.key === "Escape" && editing) return "cancel";
  return pressed.key === "ArrowUp" && empty && !editing ? "last" : null;
}
