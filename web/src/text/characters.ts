/**
 * Characters that do not show as what they are: controls, those that turn the reading direction, those without a
 * width. Each becomes a mark with its number, so that nobody reads something else than what was written. The same
 * characters are left alone where they do their proper work, such as the joiners in an emoji of a family.
 */

import type { Leaf } from "./nodes";

/** Controls (but tabs and line ends), and whatever embeds, overrides or isolates a direction. */
const TURNING = "\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u206F";
/** Of no width: soft hyphen, combining joiner, fillers, joiners, spaces of no width, invisible signs, tags. */
const UNSEEN =
  "\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200D\\u2060-\\u2065\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF9-\\uFFFB\\u{E0000}-\\u{E0FFF}";

const HIDDEN = new RegExp(`[${TURNING}${UNSEEN}]`, "u");
const ALL_HIDDEN = new RegExp(`[${TURNING}${UNSEEN}]`, "gu");

const JOINER = /[\u200C\u200D]/u;
const SELECTOR = /[\uFE00-\uFE0F]/u;
const TAG = /[\u{E0020}-\u{E007F}]/u;
/** A flag of a part of a country: a black flag, and its name in tags. */
const FLAG = /\u{1F3F4}[\u{E0020}-\u{E007F}]*$/u;
const FLAG_TAGS = 8;
const SOFT_HYPHEN = "\u00AD";
const ARABIC_MARK = "\u061C";
/** What joiners join: pictures, and letters of writing in which they change a shape. */
const JOINED =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\p{sc=Arabic}\p{sc=Syriac}\p{sc=Nko}\p{sc=Mongolian}\p{sc=Devanagari}\p{sc=Bengali}\p{sc=Gurmukhi}\p{sc=Gujarati}\p{sc=Oriya}\p{sc=Tamil}\p{sc=Telugu}\p{sc=Kannada}\p{sc=Malayalam}\p{sc=Sinhala}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const SELECTABLE = /[\p{Emoji}\p{Extended_Pictographic}\p{sc=Han}\p{sc=Mongolian}\p{Math}]/u;
const LETTER = /\p{L}/u;

/** Whether something in it would not be seen, or would change how the rest is seen. */
export function deceives(text: string): boolean {
  return HIDDEN.test(text);
}

/** The text as leaves: what shows as it is, and marks for what does not. `code`: nothing is left alone in it. */
export function leaves(text: string, code = false): Leaf[] {
  if (!HIDDEN.test(text)) return text === "" ? [] : [{ kind: "text", text }];
  const found: Leaf[] = [];
  let start = 0;
  for (const match of text.matchAll(ALL_HIDDEN)) {
    const character = match[0];
    const at = match.index;
    if (!code && works(character, text, at)) continue;
    if (at > start) found.push({ kind: "text", text: text.slice(start, at) });
    found.push({ kind: "mark", code: number(character), character });
    start = at + character.length;
  }
  if (start < text.length) found.push({ kind: "text", text: text.slice(start) });
  return found;
}

/** Whether the character stands where it does what it is there for. */
function works(character: string, text: string, at: number): boolean {
  const before = characterBefore(text, at);
  const next = String.fromCodePoint(text.codePointAt(at + character.length) ?? 0x20);
  if (JOINER.test(character)) return JOINED.test(before) && (JOINED.test(next) || LETTER.test(before));
  if (SELECTOR.test(character)) return SELECTABLE.test(before);
  if (TAG.test(character)) return FLAG.test(text.slice(Math.max(0, at - 2 * FLAG_TAGS), at));
  if (character === SOFT_HYPHEN) return LETTER.test(before) && LETTER.test(next);
  return character === ARABIC_MARK;
}

function characterBefore(text: string, at: number): string {
  const last = text.charCodeAt(at - 1);
  const low = last >= 0xdc00 && last <= 0xdfff;
  return text.slice(Math.max(0, at - (low ? 2 : 1)), at);
}

function number(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
