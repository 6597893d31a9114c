/** What the switcher offers for what was typed. */
import { fold } from "../../model/names";
import type { OpenRoom, RoomSummary } from "../../model/types";
import { best, fit } from "./rank";

export type Choice =
  | { kind: "yours"; id: string; name: string; room: RoomSummary }
  | { kind: "open"; id: string; name: string; room: OpenRoom }
  | { kind: "person"; id: string; name: string }
  | { kind: "make"; id: string; name: string };

/** So many of each kind: what a screen shows; who wants another types on. */
const SHOWN = 50;

export interface Offer {
  rooms: readonly RoomSummary[];
  open: readonly OpenRoom[];
  people: readonly string[];
  me: string;
}

/** The choices in the order in which they are shown: one's own rooms, other rooms, people, and a new room. */
export function choicesFor(typed: string, { rooms, open, people, me }: Offer): Choice[] {
  const talking = new Set(rooms.filter((room) => room.direct).map((room) => fold(room.name)));
  const joined = new Set(rooms.map((room) => fold(room.key)));
  const others = open.filter((room) => !joined.has(fold(room.name)) && !room.name.startsWith("@"));
  const strangers = people.filter((name) => name !== me && !talking.has(fold(name)));
  const choices: Choice[] = [
    ...best(unreadFirst(rooms, typed), (room) => room.name, typed, SHOWN).map(yours),
    ...best(others, (room) => room.name, typed, SHOWN).map(elsewhere),
    ...(typed.trim() ? best(strangers, (name) => name, typed, SHOWN) : []).map(person),
  ];
  return mayMake(typed, [...joined, ...others.map((room) => fold(room.name))])
    ? [...choices, make(typed.trim())]
    : choices;
}

/** Where nothing was typed, what somebody wants is most likely what they have not read. */
function unreadFirst(rooms: readonly RoomSummary[], typed: string): readonly RoomSummary[] {
  if (typed.trim()) return rooms;
  return [...rooms.filter((room) => room.unread > 0), ...rooms.filter((room) => room.unread === 0)];
}

function mayMake(typed: string, known: readonly string[]): boolean {
  const wanted = fold(typed.trim());
  return wanted !== "" && !wanted.startsWith("@") && !known.includes(wanted);
}

const yours = (room: RoomSummary): Choice => ({ kind: "yours", id: `yours ${room.key}`, name: room.name, room });
const elsewhere = (room: OpenRoom): Choice => ({ kind: "open", id: `open ${room.name}`, name: room.name, room });
const person = (name: string): Choice => ({ kind: "person", id: `person ${name}`, name });
const make = (name: string): Choice => ({ kind: "make", id: "make", name });

/** A new room is what somebody wants who types no other's beginning. */
const MAKE = 3.5;

/** Where Enter leads when nothing was chosen by arrows: what fits best, not merely what stands first. */
export function likeliest(choices: readonly Choice[], typed: string): number {
  if (!typed.trim()) return 0;
  const scores = choices.map((choice) => (choice.kind === "make" ? MAKE : fit(choice.name, typed)));
  return Math.max(0, scores.indexOf(Math.max(...scores)));
}
