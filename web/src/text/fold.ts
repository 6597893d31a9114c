/** Long messages show their beginning; the rest on request, and what is enormous never as one piece. */

/** What a message shows before one asks for more: a screen of a laptop. */
export const FOLDED_LINES = 30;
export const FOLDED_CHARS = 3_000;
/** The longest text that is read as Markdown; what is longer is shown as it was written. */
export const STYLED_CHARS = 50_000;
/** Pieces of such a text: each is laid out only when it comes into sight. */
const PIECE_CHARS = 4_000;

/** The beginning of a long text, or null where the text is shown whole. */
export function folded(text: string): string | null {
  if (text.length <= FOLDED_CHARS && lineEnd(text, FOLDED_LINES) >= text.length) return null;
  const end = lineEnd(text, FOLDED_LINES);
  if (end <= FOLDED_CHARS) return text.slice(0, end);
  const head = text.slice(0, whole(text, FOLDED_CHARS));
  // Not within a line where one ends shortly before.
  const line = head.lastIndexOf("\n");
  return line > head.length - 200 && line > 0 ? head.slice(0, line) : head;
}

/** Where the first so many lines end. */
function lineEnd(text: string, lines: number): number {
  let at = -1;
  for (let count = 0; count < lines; count += 1) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) return text.length;
  }
  return at;
}

/** A place near `end` that does not part the two halves of one character. */
function whole(text: string, end: number): number {
  const next = text.charCodeAt(end);
  return next >= 0xdc00 && next <= 0xdfff ? end - 1 : end;
}

/** A text in pieces that end with lines where there are any. Together they are the text. */
export function pieces(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  while (start < text.length) {
    const least = start + PIECE_CHARS;
    const line = text.indexOf("\n", least);
    const end = line >= 0 && line < least + PIECE_CHARS ? line + 1 : whole(text, Math.min(least, text.length));
    found.push(text.slice(start, end));
    start = end;
  }
  return found;
}
