/** Names of rooms and people: when two are the same, and what the private room of two people is called. */

/**
 * What is compared, as near to the server's case folding as JavaScript comes: upper case first, so that `ß` and `SS`,
 * `ς` and `Σ` meet. Only for finding what is known here; names that go to the server go as they were written.
 */
export function fold(name: string): string {
  return name.normalize("NFC").trim().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFC");
}

export function isDirect(room: string): boolean {
  return room.startsWith("@");
}

/** The private room of two people, as the server calls it. */
export function directKey(one: string, other: string): string {
  return `@${[fold(one), fold(other)].sort(byCodePoint).join(":")}`;
}

/** The other one of a direct room, folded, as far as its name tells. */
export function otherOf(key: string, own: string): string {
  const [one = "", other = ""] = key.slice(1).split(":");
  return one === fold(own) ? other : one;
}

/** The server sorts by code points, JavaScript by half of one: they differ behind U+FFFF. */
function byCodePoint(one: string, other: string): number {
  const [left, right] = [[...one], [...other]];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = left[at]!.codePointAt(0)! - right[at]!.codePointAt(0)!;
    if (difference) return difference;
  }
  return left.length - right.length;
}
