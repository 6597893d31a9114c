/** The keys that work everywhere, and what they mean; no key that writes a character. */

export type Key = "find" | "before" | "next" | "unreadBefore" | "unreadNext" | "part" | "escape";

type Pressed = Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

/** What a key press asks for; undefined where it is none of ours. */
export function meaningOf({ key, altKey, ctrlKey, metaKey, shiftKey }: Pressed): Key | undefined {
  if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k") return "find";
  if (ctrlKey || metaKey) return undefined;
  if (altKey && key === "ArrowUp") return shiftKey ? "unreadBefore" : "before";
  if (altKey && key === "ArrowDown") return shiftKey ? "unreadNext" : "next";
  if (altKey || shiftKey) return undefined;
  if (key === "F6") return "part";
  return key === "Escape" ? "escape" : undefined;
}

/**
 * The room a step away from `at`, around the ends; undefined where there is none. `unread`: only those with something
 * unread count.
 */
export function neighbour<T extends { key: string; unread: number }>(
  rooms: readonly T[],
  at: string,
  by: 1 | -1,
  unread: boolean,
): T | undefined {
  const start = rooms.findIndex((room) => room.key === at);
  for (let steps = 1; steps <= rooms.length; steps += 1) {
    const place = start < 0 && by < 0 ? rooms.length - steps : start + by * steps;
    const room = rooms[(place + rooms.length * 2) % rooms.length]!;
    if (room.key !== at && (!unread || room.unread > 0)) return room;
  }
  return undefined;
}
