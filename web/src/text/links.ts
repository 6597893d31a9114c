/**
 * Which addresses may be followed, and where they lead. Only http, https and mailto: whatever else an address begins
 * with is shown as the text that it is.
 */

import { deceives } from "./characters";

export interface Target {
  href: string;
  /** The host as the network knows it (`xn--…` where letters are not ASCII), with a port if there is one. */
  host: string;
}

/** Longer ones are no address that anybody reads; it also bounds how far a parser looks. */
export const ADDRESS_CHARS = 2048;

const FOLLOWED = /^(?:https?:\/\/|mailto:)/i;
const MAILBOX = /^[^\s@,;:<>"()[\]\\?&]+@[\p{L}\p{N}.-]+$/u;

/** Where the address leads, or null where it must not be followed. */
export function target(address: string): Target | null {
  if (address.length > ADDRESS_CHARS || !FOLLOWED.test(address) || /\s/.test(address) || deceives(address)) return null;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol === "mailto:") return mailbox(url);
  // A name before the host is how a foreign host is made to look like a known one.
  if (url.username !== "" || url.password !== "" || url.host === "") return null;
  return { href: url.href, host: url.host };
}

/** One mailbox, and nothing that would be written into the letter already. */
function mailbox(url: URL): Target | null {
  let address: string;
  try {
    address = decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
  if (!MAILBOX.test(address) || deceives(address)) return null;
  return { href: `mailto:${address}`, host: address };
}

/** Whether a label tells plainly where its link leads. */
export function tells(label: string, target: Target): boolean {
  const said = label
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/|mailto:)/, "");
  if (!said.startsWith(target.host.toLowerCase())) return false;
  const behind = said[target.host.length];
  return behind === undefined || "/?#".includes(behind);
}

const AUTOMATIC = new RegExp(`(?:https?://|mailto:)[^\\s<>"\`]{1,${ADDRESS_CHARS}}`, "iy");
const HANGING = new Set(".,;:!?'*_~|)]}”’»…");
const OPENING: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/** The address that begins here in running text, without what hangs on behind it, or '' where there is none. */
export function addressAt(text: string, at: number): string {
  AUTOMATIC.lastIndex = at;
  const found = AUTOMATIC.exec(text)?.[0] ?? "";
  return found === "" ? "" : trimmed(found);
}

/** Without the full stop and brackets of the sentence around it. A bracket that the address opened is its own. */
function trimmed(address: string): string {
  const open = new Map<string, number>();
  for (const character of address) open.set(character, (open.get(character) ?? 0) + 1);
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1] as string;
    const opening = OPENING[last];
    if (!HANGING.has(last) || (opening !== undefined && (open.get(opening) ?? 0) >= (open.get(last) ?? 0))) break;
    open.set(last, (open.get(last) ?? 0) - 1);
    end -= 1;
  }
  return address.slice(0, end);
}
