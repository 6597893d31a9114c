/** One file on its way here: read, hashed and kept by a worker, and given to the person once it is whole and right. */
import type { Report } from "./getting";
import { Job, type Ground, type Hand } from "./job";
import type { KeptDownload } from "./keeping";
import { bytesDiffer, elsewhere, noSpace, passes, refusalOf, unkept } from "./refusals";

export class DownloadJob extends Job {
  readonly #kept: KeptDownload;
  #hand: Hand | null = null;
  /** What came, once it is whole. */
  #part = "";
  #file: Blob | null = null;

  constructor(ground: Ground, kept: KeptDownload) {
    super(ground, {
      id: kept.id,
      direction: "down",
      room: kept.room,
      name: kept.name,
      savedAs: kept.savedAs,
      time: kept.time,
      size: kept.size,
      offset: 0,
      state: "queued",
      rate: 0,
      eta: null,
      sha256: kept.sha256,
      path: "TCP",
      evicts: [],
      refusal: null,
      verified: false,
    });
    this.#kept = kept;
    this.remember();
  }

  run(): void {
    this.moved = this.ground.now();
    if (!this.#hand) {
      const hand = (this.#hand = this.ground.hand());
      hand.hear((report) => {
        if (hand === this.#hand) this.#hear(report);
      });
    }
    this.change({ state: "moving" });
    const { sha256, size } = this.#kept;
    this.#hand.order({ kind: "go", url: addressOf(this.#kept), headers: this.authorization, sha256, size });
  }

  /** Hands out what came once more. */
  async saveAgain(): Promise<void> {
    if (this.transfer.state === "done") await this.ground.save(this.#part, this.#file, this.transfer.savedAs);
  }

  /** The part that it writes to or has written. */
  get part(): string {
    return this.#part || (this.#kept.sha256 && `${this.#kept.sha256}.part`);
  }

  protected stop(): void {
    this.#hand?.order({ kind: "stop" });
  }

  protected remember(): void {
    this.ground.keep.put(this.#kept);
  }

  protected discard(): void {
    // The worker ends once it has thrown away what came; without one, what came is swept later.
    const hand = this.#hand;
    this.#hand = null;
    hand?.hear((report) => {
      if (report.kind === "stopped") hand.end();
    });
    hand?.order({ kind: "discard" });
  }

  #hear(report: Report): void {
    if (this.transfer.state !== "moving" && this.transfer.state !== "checking") return; // paused meanwhile
    switch (report.kind) {
      case "checking":
        return this.at(report.offset, "checking");
      case "moving":
        return this.at(report.offset);
      case "cut":
        return this.wait(null);
      case "refused":
        return this.#refused(report);
      case "done":
        return this.#done(report);
      case "differs":
        return this.#give(bytesDiffer(this.#kept.name));
      case "unkept":
        // A page before this one may still hold on to it, or another tab: that ends.
        if (report.why === "busy") return this.wait(elsewhere(this.#kept.name));
        return this.#give(this.#unkept(report.why));
    }
  }

  #done(report: Extract<Report, { kind: "done" }>): void {
    this.#end();
    this.#part = report.part;
    this.#file = report.file;
    this.finish({ sha256: report.sha256, verified: true });
    void this.saveAgain();
  }

  #refused({ status, body }: Extract<Report, { kind: "refused" }>): void {
    const refusal = refusalOf(status, body);
    if (passes(status, refusal)) this.wait(refusal.code === "bad_ticket" ? null : refusal);
    else this.#give(refusal);
  }

  #unkept(why: "full" | "forbidden") {
    const { name, size } = this.#kept;
    return why === "full" ? noSpace(name, size) : unkept(name);
  }

  #give(refusal: Parameters<Job["fail"]>[0]): void {
    this.#end();
    this.fail(refusal);
  }

  #end(): void {
    this.#hand?.end();
    this.#hand = null;
  }
}

/** Where the bytes are: by their hash, so that nobody gets another file that has the name by now. */
export function addressOf(file: { room: string; name: string; sha256: string }): string {
  const room = `/rooms/${encodeURIComponent(file.room)}`;
  return file.sha256 ? `${room}/blobs/${file.sha256}` : `${room}/files/${encodeURIComponent(file.name)}`;
}
