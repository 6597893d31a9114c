/** What is on its way in a room, drawn anew as it moves: one's own transfers, and what others send. */
import { fromStore } from "svelte/store";

import { isOver, type Arriving, type Transfer } from "../../files/types";
import type { Salon } from "../../model/types";
import { getSalon } from "../common/salon";
import { getDesk } from "./desk";

const LOOK_EVERY_MS = 2_000;

export class OnTheWay {
  readonly #moving = fromStore(getDesk().transfers);
  readonly #arrivals = fromStore(getDesk().arrivals);
  readonly #salon: Salon = getSalon();
  readonly #room: () => string;
  /** A clock for what stands still: it goes only while something arrives. */
  now = $state(Date.now());

  constructor(room: () => string) {
    this.#room = room;
    $effect(() => {
      if (!this.arriving.length) return;
      this.now = Date.now();
      const timer = setInterval(() => (this.now = Date.now()), LOOK_EVERY_MS);
      return () => clearInterval(timer);
    });
  }

  /** One's own uploads to this room that have not come to the shelf, the oldest first. */
  readonly sending: readonly Transfer[] = $derived.by(() =>
    this.#moving.current.transfers
      .filter((one) => one.direction === "up" && one.room === this.#room() && !isSettled(one))
      .toReversed(),
  );

  /** What others send to this room, and what one sends oneself out of another page. */
  readonly arriving: readonly Arriving[] = $derived.by(() =>
    this.#arrivals.current.filter(
      (one) =>
        one.room === this.#room() &&
        !(one.sender === this.#salon.state.name && this.sending.some((own) => own.name === one.name)),
    ),
  );

  /** Everything of one's own in all rooms that moves or wants something, the newest first. */
  readonly everywhere: readonly Transfer[] = $derived.by(() =>
    this.#moving.current.transfers.filter((one) => !isSettled(one)),
  );

  readonly moving: number = $derived(this.everywhere.filter((one) => !isOver(one.state)).length);
}

/** Nothing more is to be said of it: the file is on the shelf, and stands there. */
function isSettled(transfer: Transfer): boolean {
  return transfer.state === "cancelled" || (transfer.direction === "up" && transfer.state === "done");
}
