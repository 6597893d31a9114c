/** Files by the agent: what comes down goes straight into a folder. What goes up is the browser's, as everywhere. */
import type { Picked, Transfer, Transfers, TransfersState, TransferState, Wanted } from "../files/types";
import { Value } from "../files/value";
import { type Refusal, RefusedError, type Unsubscribe } from "../model/types";
import type { AgentLine } from "./agent";
import type { Done, Moved } from "./words";

const STATES: Record<Moved["state"], TransferState> = {
  waiting: "queued",
  moving: "moving",
  cut: "waiting",
  paused: "paused",
  checking: "checking",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
};

/** What was asked for, and what the agent has said of it. */
interface Wish {
  readonly id: string;
  readonly room: string;
  /** From whom, where it is a person's and no room's. */
  readonly owner: string;
  readonly file: Wanted;
  readonly savedAs: string;
  readonly time: number;
  number: number;
  moved: Moved | null;
  refusal: Refusal | null;
}

export class AgentTransfers implements Transfers {
  readonly #value = new Value<TransfersState>({ transfers: [], offers: [] });
  #wishes: Wish[] = [];
  #asked = 0;

  constructor(
    private readonly browser: Transfers,
    private readonly agent: AgentLine,
    private readonly now: () => number,
  ) {
    browser.subscribe(() => this.#tell());
    agent.listen({ moved: (transfer) => this.#moved(transfer) });
  }

  get state(): TransfersState {
    return this.#value.state;
  }

  subscribe(listener: (state: TransfersState) => void): Unsubscribe {
    return this.#value.subscribe(listener);
  }

  // --- down ---

  get(room: string, file: Wanted, savedAs = ""): string {
    return this.#wish({ room, owner: "", file, savedAs });
  }

  /** Asks a person for a file that they share. */
  request(owner: string, name: string): string {
    return this.#wish({ room: "", owner, file: { name, size: 0, sha256: "" }, savedAs: "" });
  }

  #wish(wanted: Pick<Wish, "room" | "owner" | "file" | "savedAs">): string {
    const id = `agent-${++this.#asked}`;
    const wish: Wish = { ...wanted, id, time: this.now(), number: 0, moved: null, refusal: null };
    this.#wishes.unshift(wish);
    this.#ask(wish);
    return id;
  }

  #ask(wish: Wish): void {
    const { room, owner, file, savedAs } = wish;
    const saved = savedAs ? { saved_as: savedAs } : {};
    const asked: Promise<Done> = owner
      ? this.agent.ask("request", { owner, name: file.name, ...saved })
      : this.agent.ask("get", { name: file.name, room, ...saved });
    asked
      .then(
        ({ number }) => (wish.number = number),
        (error: unknown) => (wish.refusal = error instanceof RefusedError ? error.refusal : unknown(error)),
      )
      .finally(() => this.#tell());
    this.#tell();
  }

  #moved(transfer: Moved): void {
    const wish = this.#wishes.find((one) =>
      one.number ? one.number === transfer.number : !one.refusal && isOf(one, transfer),
    );
    if (!wish) return;
    wish.number = transfer.number;
    wish.moved = transfer;
    this.#tell();
  }

  // --- both ---

  pause(id: string): void {
    this.#do(id, "pause", () => this.browser.pause(id));
  }

  /** Goes on, or tries again what did not work. */
  proceed(id: string): void {
    const wish = this.#find(id);
    if (wish && (wish.refusal || wish.moved?.state === "failed")) {
      Object.assign(wish, { number: 0, moved: null, refusal: null });
      this.#ask(wish);
    } else this.#do(id, "proceed", () => this.browser.proceed(id));
  }

  cancel(id: string): void {
    this.#do(id, "cancel", () => this.browser.cancel(id));
  }

  dismiss(id: string): void {
    if (!this.#find(id)) return this.browser.dismiss(id);
    this.#wishes = this.#wishes.filter((one) => one.id !== id);
    this.#tell();
  }

  #do(id: string, errand: "pause" | "proceed" | "cancel", otherwise: () => void): void {
    const wish = this.#find(id);
    if (!wish) otherwise();
    else if (wish.number) void this.agent.ask(errand, { number: wish.number }).catch(() => {});
  }

  #find(id: string): Wish | undefined {
    return this.#wishes.find((one) => one.id === id);
  }

  // --- up, by the browser ---

  send(room: string, files: readonly Picked[]): Promise<void> {
    return this.browser.send(room, files);
  }

  accept(offer: string): void {
    this.browser.accept(offer);
  }

  decline(offer: string): void {
    this.browser.decline(offer);
  }

  giveFile(id: string, picked: Picked): boolean {
    return this.browser.giveFile(id, picked);
  }

  saveAgain(id: string): void {
    if (!this.#find(id)) this.browser.saveAgain(id);
  }

  #tell(): void {
    const { transfers, offers } = this.browser.state;
    const all = [...this.#wishes.map(drawn), ...transfers].sort((one, other) => other.time - one.time);
    this.#value.set({ transfers: all, offers });
  }
}

/** Whether this is what was asked for and not answered yet. */
function isOf(wish: Wish, transfer: Moved): boolean {
  return (
    !transfer.up && wish.file.name === transfer.name && wish.room === transfer.room && wish.owner === transfer.person
  );
}

function drawn(wish: Wish): Transfer {
  const { id, room, file, savedAs, time, moved, owner } = wish;
  const shown = savedAs || file.name;
  return {
    id,
    direction: "down",
    room,
    name: file.name,
    savedAs: owner ? `${shown} (${owner})` : shown,
    time,
    size: moved?.size ?? file.size,
    offset: moved?.offset ?? 0,
    state: wish.refusal ? "failed" : moved ? STATES[moved.state] : "queued",
    rate: moved?.rate ?? 0,
    eta: moved?.eta ?? null,
    sha256: moved?.sha256 || file.sha256,
    path: moved?.path ?? "",
    evicts: [],
    refusal: wish.refusal ?? refusalOf(moved),
    verified: moved?.state === "done",
    place: moved?.saved ?? "",
  };
}

function refusalOf(moved: Moved | null): Refusal | null {
  return moved?.code ? { code: moved.code, message: moved.message, fields: {}, retry: true } : null;
}

function unknown(error: unknown): Refusal {
  return { code: "internal", message: String(error), fields: {}, retry: true };
}
