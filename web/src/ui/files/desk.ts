/** What all components of files share: one desk for each salon, made when it is first wanted. */
import { Arrivals } from "../../files/arriving";
import { browserTransfers } from "../../files/browser";
import { Shelves } from "../../files/shelf";
import type { Transfers } from "../../files/types";
import type { Salon } from "../../model/types";
import { getSalon } from "../common/salon";

const SWEEP_MS = 30_000;

export interface FileDesk {
  readonly shelves: Shelves;
  readonly arrivals: Arrivals;
  readonly transfers: Transfers;
}

/** What moves the files of a page. */
export type MakeTransfers = (salon: Salon, shelves: Shelves) => Transfers;

const desks = new WeakMap<Salon, FileDesk>();

/**
 * Where the page finds files of this salon. `makeTransfers`: another way to move them than the browser's, such as a
 * program's beside the page; given before anything was drawn.
 */
export function deskOf(salon: Salon, makeTransfers: MakeTransfers = browserTransfers): FileDesk {
  let desk = desks.get(salon);
  if (!desk) {
    const shelves = new Shelves(salon);
    const arrivals = new Arrivals(() => Date.now());
    salon.hear((happening) => arrivals.hear(happening));
    setInterval(() => arrivals.sweep(), SWEEP_MS);
    desk = { shelves, arrivals, transfers: makeTransfers(salon, shelves) };
    desks.set(salon, desk);
  }
  return desk;
}

/** Called while a component is made. */
export function getDesk(): FileDesk {
  return deskOf(getSalon());
}
