/**
 * Who draws which kind of entry. A part of the app that knows an entry better than its sentence registers a component
 * for it, before the first log is drawn: files do so for `shelved` and `unshelved`.
 */
import type { Component } from "svelte";

import type { Noted, Room } from "../../model/types";

export interface EntryProps {
  entry: Noted;
  room: Room;
}

/** What is drawn below the newest entry, such as files that are on their way to the shelf. */
export interface TailProps {
  room: Room;
}

const drawers = new Map<string, Component<EntryProps>>();
const tails: Component<TailProps>[] = [];

/** Draw entries of this kind so. */
export function drawKind(what: string, drawer: Component<EntryProps>): void {
  drawers.set(what, drawer);
}

/** Draw this below the newest entry of each room. */
export function drawTail(tail: Component<TailProps>): void {
  if (!tails.includes(tail)) tails.push(tail);
}

export function drawerOf(what: string): Component<EntryProps> | undefined {
  return drawers.get(what);
}

export function allTails(): readonly Component<TailProps>[] {
  return tails;
}
