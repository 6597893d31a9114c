/** Notifications of the system, where somebody wants them and the browser allows it. */
import type { Happening, Noted, Said } from "../../model/types";

const KEY = "salon.notices";
/** What fits into the system's little window. */
const SHOWN_LETTERS = 200;

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Pages have them over HTTPS and on the own machine only. */
export function canNotify(): boolean {
  return "Notification" in globalThis && globalThis.isSecureContext;
}

/** Whether they are wanted in this browser, and allowed. */
export function notices(store: Store): boolean {
  return canNotify() && store.getItem(KEY) === "on" && Notification.permission === "granted";
}

/** Turns them on, asking the person by the browser's own question; false where that is denied. */
export async function wantNotices(store: Store): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false;
  store.setItem(KEY, "on");
  return true;
}

export function refuseNotices(store: Store): void {
  store.removeItem(KEY);
}

export interface Notice {
  room: string;
  title: string;
  body: string;
}

/** What is worth a notice: words and files of others. `roomName`: where, for rooms of more than two. */
export function noticeOf(
  happening: Happening,
  roomName: (key: string) => string,
  words: { shelved: (name: string, file: string) => string },
): Notice | null {
  if (happening.kind !== "said" && happening.kind !== "noted") return null;
  const { room, entry } = happening;
  if (entry.own || (entry.kind === "noted" && entry.what !== "shelved")) return null;
  const where = room.startsWith("@") ? "" : ` – ${roomName(room)}`;
  return { room, title: `${entry.sender}${where}`, body: shortened(bodyOf(entry, words.shelved)) };
}

function bodyOf(entry: Said | Noted, shelved: (name: string, file: string) => string): string {
  return entry.kind === "said" ? entry.text : shelved(entry.sender, entry.name);
}

function shortened(text: string): string {
  const shown = Array.from(text.slice(0, 2 * SHOWN_LETTERS))
    .slice(0, SHOWN_LETTERS)
    .join("");
  return shown.length < text.length ? `${shown} …` : shown;
}
