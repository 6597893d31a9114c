/** Files by the agent: what comes down goes straight into a folder. What goes up is the browser's, as everywhere. */
import type { Picked, Transfer, Transfers, TransfersState, TransferState, Wanted } from "../files/types";
import { Value } from "../files/value";
import type { Storage } from "../model/ports";
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
  /** Of a window before this one: how far it was. It stands still until somebody has it go on. */
  rests: number | null;
}

/** Where it is remembered over the end of the window what was not done. */
type Memory = Pick<Storage, "get" | "set">;

const KEY = "salon/downloads";
const STEPS = 20; // how often at most it is written down how far a download is

export class AgentTransfers implements Transfers {
  readonly #value = new Value<TransfersState>({ transfers: [], offers: [] });
  #wishes: Wish[] = [];
  #asked = 0;

  constructor(
    private readonly browser: Transfers,
    private readonly agent: AgentLine,
    private readonly now: () => number,
    private readonly memory: Memory,
  ) {
    this.#wishes = remembered(memory).map((one, at) => ({ ...one, id: `kept-${at}` }));
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
    const wish: Wish = { ...wanted, id, time: this.now(), number: 0, moved: null, refusal: null, rests: null };
    this.#wishes.unshift(wish);
    void this.#ask(wish);
    return id;
  }

  #ask(wish: Wish): Promise<void> {
    const { room, owner, file, savedAs } = wish;
    wish.rests = null;
    const saved = savedAs ? { saved_as: savedAs } : {};
    const asked: Promise<Done> = owner
      ? this.agent.ask("request", { owner, name: file.name, ...saved })
      : this.agent.ask("get", { name: file.name, room, ...saved });
    this.#tell();
    return asked
      .then(
        ({ number }) => void (wish.number = number),
        (error: unknown) => void (wish.refusal = error instanceof RefusedError ? error.refusal : unknown(error)),
      )
      .finally(() => this.#tell());
  }

  #moved(transfer: Moved): void {
    const wish = this.#wishes.find((one) =>
      one.number ? one.number === transfer.number : !one.refusal && one.rests === null && isOf(one, transfer),
    );
    if (!wish) return;
    wish.number = transfer.number;
    wish.moved = transfer;
    this.#tell();
  }

  /** Whoever comes next is somebody else. */
  forget(): void {
    this.#wishes = [];
    this.#tell();
  }

  // --- both ---

  pause(id: string): void {
    this.#do(id, "pause", () => this.browser.pause(id));
  }

  /** Goes on, or tries again what did not work. */
  proceed(id: string): void {
    const wish = this.#find(id);
    if (wish && (wish.refusal || wish.rests !== null || wish.moved?.state === "failed")) {
      Object.assign(wish, { number: 0, moved: null, refusal: null });
      void this.#ask(wish);
    } else this.#do(id, "proceed", () => this.browser.proceed(id));
  }

  cancel(id: string): void {
    const wish = this.#find(id);
    // Only who has it can throw away what lies there of it.
    if (wish && wish.rests !== null) void this.#ask(wish).then(() => this.cancel(id));
    else this.#do(id, "cancel", () => this.browser.cancel(id));
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
    this.#remember();
  }

  /** What is not done, for the next window. */
  #remember(): void {
    const left = this.#wishes
      .filter((one) => !one.refusal && !["done", "failed", "cancelled"].includes(one.moved?.state ?? ""))
      .map(({ room, owner, file, savedAs, time, moved, rests }) => {
        const size = moved?.size ?? file.size;
        const step = Math.max(1, Math.ceil(size / STEPS));
        const offset = rests ?? Math.floor((moved?.offset ?? 0) / step) * step;
        return {
          room,
          owner,
          file: { ...file, size, sha256: moved?.sha256 || file.sha256 },
          savedAs,
          time,
          rests: offset,
        };
      });
    const text = JSON.stringify(left);
    if (text !== (this.memory.get(KEY) ?? "[]")) this.memory.set(KEY, text);
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
    offset: moved?.offset ?? wish.rests ?? 0,
    state: wish.refusal ? "failed" : wish.rests !== null ? "paused" : moved ? STATES[moved.state] : "queued",
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

/** What an earlier window has left to do. */
function remembered(memory: Memory): Omit<Wish, "id">[] {
  try {
    const kept: unknown = JSON.parse(memory.get(KEY) ?? "[]");
    return (Array.isArray(kept) ? kept : [])
      .filter(isKept)
      .map((one) => ({ ...one, number: 0, moved: null, refusal: null }));
  } catch {
    return [];
  }
}

function isKept(one: unknown): one is Pick<Wish, "room" | "owner" | "file" | "savedAs" | "time"> & { rests: number } {
  const kept = one as Partial<Wish> | null;
  return typeof kept?.file?.name === "string" && typeof kept.room === "string" && typeof kept.rests === "number";
}

function refusalOf(moved: Moved | null): Refusal | null {
  return moved?.code ? { code: moved.code, message: moved.message, fields: {}, retry: true } : null;
}

function unknown(error: unknown): Refusal {
  return { code: "internal", message: String(error), fields: {}, retry: true };
}
