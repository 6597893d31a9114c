/** What keys mean where a message has the keyboard. */
import type { Said } from "../../model/types";

export type Meaning = "before" | "next" | "first" | "last" | "leave" | "copy" | "quote" | "edit" | "ask";

type Pressed = Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

const MOVES: Readonly<Record<string, Meaning>> = {
  ArrowUp: "before",
  ArrowDown: "next",
  Home: "first",
  End: "last",
  Escape: "leave",
};
const ANYBODYS: Readonly<Record<string, Meaning>> = { c: "copy", r: "quote" };
const OWN: Readonly<Record<string, Meaning>> = { e: "edit", Delete: "ask" };

/** What the key asks for; null where it is none of ours. `said`: the message that has the keyboard, if one has. */
export function meaningOf(pressed: Pressed, said: Said | null): Meaning | null {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = pressed;
  if (altKey || ctrlKey || metaKey || shiftKey) return null;
  return MOVES[key] ?? (said ? ANYBODYS[key] : undefined) ?? (said?.own ? OWN[key] : undefined) ?? null;
}
