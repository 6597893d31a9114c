/** Where somebody begins who has just come in. */
import { kept } from "../common/kept";

const KEY = "salon.room";
const LOBBY = "lobby";

/**
 * The room to show first: the one in the address, else the one in which one was last, else the lobby. Empty: the list
 * of rooms, where an address asks for it on a screen that has room for nothing else.
 */
export function landing(hash: string, room: string, narrow: boolean): string {
  if (room) return room;
  if (narrow && hash) return "";
  return kept.getItem(KEY) || LOBBY;
}

/** Notes in which room one is. */
export function noteRoom(room: string): void {
  if (room) kept.setItem(KEY, room);
}
