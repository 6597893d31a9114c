/**
 * The browser's own transfers: up by tus, down by a worker that hashes. Two move each way at once, so that the browser,
 * which opens six connections to a server, has some left for all else.
 */
import type { Happening, Readable, Salon, Unsubscribe } from "../model/types";
import { DownloadJob } from "./download";
import type { Ground, Job } from "./job";
import { KEPT_MS, type Kept, type KeptUpload } from "./keeping";
import type { Page } from "./page";
import { tooLarge } from "./refusals";
import { displaced, type Shelves } from "./shelf";
import type { Offer, Picked, Transfers, TransfersState, Wanted } from "./types";
import { UploadJob } from "./upload";
import { Value } from "./value";

const MOVING_EACH_WAY = 2;
/** More files than these at once are asked about: somebody may have dropped the wrong folder. */
const MANY = 10;
const LOOK_EVERY_MS = 2_000;
/** So long a connection may be without a byte; what is sent whole has the time that a server's disk needs. */
const STILL_MS = 30_000;
const FINISHING_MS = 180_000;
const CLAIMS = 5;
const CLAIM_EVERY_MS = 500;

type Waiting = Offer & { readonly picked: readonly Picked[] };

export class BrowserTransfers implements Transfers, Readable<TransfersState> {
  readonly #value = new Value<TransfersState>({ transfers: [], offers: [] });
  readonly #page: Page;
  readonly #salon: Pick<Salon, "state" | "ticket" | "hear" | "subscribe">;
  readonly #shelves: Shelves;
  readonly #ground: Ground;
  readonly #stops: Unsubscribe[];
  #jobs: Job[] = [];
  #offers: Waiting[] = [];
  #told = false;
  #restored = false;
  #callOff = () => {};

  constructor(salon: Pick<Salon, "state" | "ticket" | "hear" | "subscribe">, shelves: Shelves, page: Page) {
    this.#salon = salon;
    this.#shelves = shelves;
    this.#page = page;
    this.#ground = {
      ticket: () => salon.ticket,
      now: () => page.now(),
      after: (milliseconds, act) => page.after(milliseconds, act),
      chance: () => page.chance(),
      hand: () => page.hand(),
      keep: page.keep,
      save: (part, file, name) => page.save(part, file, name),
      knowsSize: (size) => shelves.knowsSize(size),
      changed: () => this.#changed(),
    };
    let here = false;
    this.#stops = [
      salon.hear((happening) => this.#hear(happening)),
      salon.subscribe(({ status }) => {
        if (here && status.kind === "signed-out") this.#forget();
        here = status.kind !== "signed-out" && (here || status.kind === "online");
      }),
    ];
    if (salon.state.status.kind === "online") void this.#restore();
    this.#look();
  }

  get state(): TransfersState {
    return this.#value.state;
  }

  subscribe(listener: (state: TransfersState) => void): Unsubscribe {
    return this.#value.subscribe(listener);
  }

  async send(room: string, all: readonly Picked[]): Promise<void> {
    const picked = all.filter((one) => !this.#missed(room, one));
    if (!picked.length) return;
    const { files } = await this.#shelves.of(room).fresh();
    const names = picked.map(nameOf);
    // What is on its way already takes a place too, but is no news.
    const coming = this.#coming(room);
    const known = displaced(files ?? [], coming).pushesOut;
    const together = displaced(files ?? [], [...coming, ...names]).pushesOut;
    const pushesOut = together.filter((name) => !known.includes(name));
    const { replaces } = displaced(files ?? [], names);
    if (!pushesOut.length && !replaces.length && picked.length <= MANY) return this.#begin(room, picked);
    const sizes = picked.map((one) => ({ name: nameOf(one), size: one.file.size }));
    this.#offers = [...this.#offers, { id: this.#page.name(), room, files: sizes, pushesOut, replaces, picked }];
    this.#changed();
  }

  accept(offer: string): void {
    const found = this.#withdraw(offer);
    if (found) this.#begin(found.room, found.picked, [...found.pushesOut, ...found.replaces]);
  }

  decline(offer: string): void {
    this.#withdraw(offer);
  }

  get(room: string, file: Wanted, savedAs = file.name): string {
    const id = this.#page.name();
    const { name, size, sha256 } = file;
    const { person, time } = this.#now();
    void this.#page.claim(id);
    this.#add(new DownloadJob(this.#ground, { kind: "down", id, person, room, name, size, sha256, savedAs, time }));
    return id;
  }

  pause(id: string): void {
    this.#job(id)?.pause();
  }

  proceed(id: string): void {
    this.#job(id)?.proceed();
  }

  cancel(id: string): void {
    this.#job(id)?.cancel();
    this.dismiss(id);
  }

  dismiss(id: string): void {
    this.#jobs = this.#jobs.filter((job) => job.transfer.id !== id || !job.over);
    this.#changed();
  }

  giveFile(id: string, picked: Picked): boolean {
    const job = this.#job(id);
    return job instanceof UploadJob && job.give(picked);
  }

  saveAgain(id: string): void {
    const job = this.#job(id);
    if (job instanceof DownloadJob) void job.saveAgain();
  }

  /** Everything stands still, and is found again by the next page. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#callOff();
    for (const job of this.#jobs) job.leave();
  }

  #begin(room: string, picked: readonly Picked[], agreed: readonly string[] = []): void {
    const { person, time } = this.#now();
    const limit = this.#salon.state.limits.file_bytes ?? 0;
    for (const one of picked) {
      const { file, handle } = one;
      const id = this.#page.name();
      const name = nameOf(one);
      void this.#page.claim(id);
      const kept: KeptUpload = {
        kind: "up",
        id,
        person,
        room,
        name,
        source: file.name,
        size: file.size,
        modified: file.lastModified,
        url: "",
        handle,
        time,
      };
      const job = new UploadJob(this.#ground, kept, one, agreed);
      if (limit && file.size > limit) job.refuse(tooLarge(name, limit));
      this.#add(job);
    }
  }

  /** Names of the files that one is sending to the room. */
  #coming(room: string): string[] {
    const uploads = this.#jobs.filter((job) => job instanceof UploadJob && !job.over && job.transfer.room === room);
    return uploads.map((job) => job.transfer.name);
  }

  /** Whether an upload of a page before this one waits for just this file: then it goes on. */
  #missed(room: string, picked: Picked): boolean {
    return this.#jobs.some(
      (job) =>
        job instanceof UploadJob &&
        job.transfer.room === room &&
        job.transfer.state === "needs-file" &&
        job.give(picked),
    );
  }

  #withdraw(id: string): Waiting | undefined {
    const found = this.#offers.find((offer) => offer.id === id);
    this.#offers = this.#offers.filter((offer) => offer !== found);
    this.#changed();
    return found;
  }

  #add(job: Job): void {
    this.#jobs = [job, ...this.#jobs];
    this.#changed();
  }

  #job(id: string): Job | undefined {
    return this.#jobs.find((job) => job.transfer.id === id);
  }

  #now(): { person: string; time: number } {
    return { person: this.#salon.state.name, time: this.#page.now() };
  }

  /** Gathers changes of one moment, gives free places away, and tells. */
  #changed(): void {
    if (this.#told) return;
    this.#told = true;
    queueMicrotask(() => {
      this.#told = false;
      this.#giveTurns();
      this.#value.set({
        transfers: this.#jobs.map((job) => job.transfer),
        offers: this.#offers.map(({ picked: _, ...offer }) => offer),
      });
    });
  }

  #giveTurns(): void {
    for (const direction of ["up", "down"] as const) {
      const those = this.#jobs.filter((job) => job.transfer.direction === direction);
      let free = MOVING_EACH_WAY - those.filter((job) => job.busy).length;
      // The newest stand in front: the oldest has waited longest.
      for (const job of those.reverse()) {
        if (free <= 0) break;
        if (job.transfer.state !== "queued") continue;
        free -= 1;
        job.run();
      }
    }
  }

  #hear(happening: Happening): void {
    if (happening.kind !== "online") return;
    void this.#restore();
    for (const job of this.#jobs) job.nudge();
  }

  /** Takes up what a page before this one left, where it is this person's and no other page has it. */
  async #restore(): Promise<void> {
    if (this.#restored) return;
    this.#restored = true;
    const { person, time } = this.#now();
    for (const kept of await this.#page.keep.all()) {
      if (kept.time < time - KEPT_MS) this.#page.keep.remove(kept.id);
      else if (kept.person === person) await this.#claim(kept, CLAIMS);
    }
    await this.#page.sweep(this.#parts());
  }

  /** A page that was just left may not have let go yet: it is asked a few times. */
  async #claim(kept: Kept, times: number): Promise<void> {
    if (await this.#page.claim(kept.id)) this.#takeUp(kept);
    else if (times > 1) this.#page.after(CLAIM_EVERY_MS, () => void this.#claim(kept, times - 1));
  }

  /** Somebody signed out: whoever comes next, be it under the same name, finds nothing of theirs. */
  #forget(): void {
    for (const job of this.#jobs) job.cancel();
    this.#jobs = [];
    this.#offers = [];
    this.#restored = false;
    this.#changed();
    void this.#page.keep.all().then((all) => all.forEach((kept) => this.#page.keep.remove(kept.id)));
    void this.#page.sweep(new Set(), true);
  }

  #takeUp(kept: Kept): void {
    if (kept.kind === "down") return this.#add(new DownloadJob(this.#ground, kept));
    const job = new UploadJob(this.#ground, kept, null);
    this.#add(job);
    void job.resume();
  }

  #parts(): ReadonlySet<string> {
    const downloads = this.#jobs.filter((job) => job instanceof DownloadJob && job.transfer.state !== "done");
    return new Set(downloads.map((job) => (job as DownloadJob).part));
  }

  /** Connections die without a word: what has not moved for long is begun again from where it stands. */
  #look(): void {
    const now = this.#page.now();
    for (const job of this.#jobs) {
      const { state, offset, size, direction } = job.transfer;
      const finishing = direction === "up" && offset === size;
      if (state === "moving" && now - job.moved > (finishing ? FINISHING_MS : STILL_MS)) job.restart();
    }
    this.#callOff = this.#page.after(LOOK_EVERY_MS, () => this.#look());
  }
}

/** How it will be called on the shelf, which knows one way only to write an accent. */
function nameOf({ file, name }: Picked): string {
  return (name ?? file.name).normalize("NFC");
}
