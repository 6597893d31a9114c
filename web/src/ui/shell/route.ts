/**
 * Where in the app somebody is, as the part of the address behind `#`. It never leaves the browser.
 *
 *     #/                     the list of rooms
 *     #/garden               a room; `#/@ann:bob` the private one of two people
 *     #/garden/people        who is here, where that is a screen of its own
 *     #/garden?name=Ann      an invitation that brings a name
 */
export interface Place {
  /** The room, as its name was written; empty: the list of rooms. */
  room: string;
  /** Which side of the room: what is said there, or another panel by its id. */
  side: string;
  /** The name that a link brings; empty where it brings none. */
  name: string;
}

export const TALK = "talk";

export function parsePlace(hash: string): Place {
  const [path = "", query = ""] = split(hash.replace(/^#?\/?/, ""), "?");
  const [room = "", side = ""] = split(path, "/");
  return {
    room: decode(room).trim(),
    side: decode(side) || TALK,
    name: (new URLSearchParams(query).get("name") ?? "").trim(),
  };
}

export function formatPlace(place: { room: string; side?: string }): string {
  if (!place.room) return "#/";
  const side = place.side && place.side !== TALK ? `/${encodeURIComponent(place.side)}` : "";
  return `#/${encodeRoom(place.room)}${side}`;
}

/** The address that brings somebody into a room of this server. */
export function inviteLink(origin: string, room: string): string {
  return `${origin}/${formatPlace({ room })}`;
}

const OWN_MACHINE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether an address is one that only the machine itself can reach: useless in a link for others. */
export function reachesNobody(hostname: string): boolean {
  return OWN_MACHINE.test(hostname);
}

function encodeRoom(room: string): string {
  // These are kept as they are: they mean nothing behind `#`, and the address stays readable.
  return encodeURIComponent(room).replace(/%(40|3A|2C|3B|24|2B)/g, decodeURIComponent);
}

function split(text: string, at: string): [string, string] {
  const place = text.indexOf(at);
  return place < 0 ? [text, ""] : [text.slice(0, place), text.slice(place + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a per cent sign that somebody typed
  }
}
