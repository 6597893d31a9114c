/** Finding by a few letters: which names fit, the best first. */

/** What is compared: case and accents do not count when somebody looks for a name. */
export function loose(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * How well `name` fits what was typed; 0: not at all. The whole name, its beginning, the beginning of a word, any
 * part, and at last the letters in their order with others between.
 */
export function fit(name: string, typed: string): number {
  const text = loose(name);
  const wanted = loose(typed).trim();
  if (!wanted) return 1;
  if (text === wanted) return 6;
  if (text.startsWith(wanted)) return 5;
  const at = text.indexOf(wanted);
  if (at > 0) return /[\p{L}\p{N}]/u.test(text[at - 1]!) ? 3 : 4;
  return inOrder(text, wanted) ? 2 : 0;
}

function inOrder(text: string, wanted: string): boolean {
  let at = 0;
  for (const character of text) {
    if (character === wanted[at]) at += 1;
    if (at === wanted.length) return true;
  }
  return false;
}

/** Those that fit, the best first, else in the order in which they came; at most `limit`. */
export function best<T>(items: readonly T[], nameOf: (item: T) => string, typed: string, limit: number): T[] {
  const found = items.map((item, place) => ({ item, place, score: fit(nameOf(item), typed) }));
  return found
    .filter((one) => one.score > 0)
    .sort((one, other) => other.score - one.score || one.place - other.place)
    .slice(0, limit)
    .map((one) => one.item);
}
