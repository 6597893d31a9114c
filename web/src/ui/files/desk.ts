/** What all components of files share: one desk for each salon, made when it is first wanted. */
import { Arrivals } from "../../files/arriving";
import { browserTransfers } from "../../files/browser";
import { Shelves } from "../../files/shelf";
import type { Transfers, TransferState } from "../../files/types";
import { t } from "../../i18n/index.svelte";
import type { Salon } from "../../model/types";
import { alarm, announce } from "../common/announce.svelte";
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
    tellEars(desk.transfers);
    desks.set(salon, desk);
  }
  return desk;
}

/** Says what came to its end, for those who do not see the cards. */
function tellEars(transfers: Transfers): void {
  let before = new Map<string, TransferState>();
  transfers.subscribe(({ transfers: now }) => {
    for (const { id, name, direction, state } of now) {
      if (before.get(id) === state) continue;
      if (state === "done") announce(direction === "up" ? t.files.announce.sent(name) : t.files.announce.got(name));
      if (state === "failed") alarm(t.files.announce.failed(name));
    }
    before = new Map(now.map(({ id, state }) => [id, state]));
  });
}

/** Called while a component is made. */
export function getDesk(): FileDesk {
  return deskOf(getSalon());
}
