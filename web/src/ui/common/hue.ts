/** How many hues people are told apart by: more would be hard to tell apart beside each other. */
export const HUES = 12;

/** The hue of a name: the same in every session and on every machine, however the name is written in cases. */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5; // FNV-1a: short names that differ in one letter land far apart
  for (const character of name.normalize("NFC").toLowerCase()) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  }
  // The low bits of FNV are weak: fold the high ones in.
  return (((hash >>> 16) ^ hash) >>> 0) % HUES;
}

const segments = new Intl.Segmenter();
const LETTER = /[\p{L}\p{N}]/u;

/** What stands on the mark of a person: the first letter or digit of the name, as people see letters. */
export function initialOf(name: string): string {
  for (const { segment } of segments.segment(name.normalize("NFC"))) {
    if (LETTER.test(segment)) return segment.toLocaleUpperCase();
  }
  return "·";
}
