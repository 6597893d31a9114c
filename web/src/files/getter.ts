/**
 * Gets one file: reads it from the server where it left off, hashes it while it comes, and has it compared with what it
 * should be. It runs in a worker, so that a page that shows a thousand messages and one that hashes do not wait for each other.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import type { Order, Report } from "./getting";
import { MemorySink, openPart, type Sink } from "./sinks";

const TELL_EVERY_MS = 200;
const PIECE = 4 * 1024 * 1024;

type Going = Extract<Order, { kind: "go" }>;

/** The same file may be asked for twice where what came first was wrong. */
const TRIES = 2;

/** The line broke, which is nobody's mistake. */
class Cut extends Error {}

async function unlessCut<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch {
    throw new Cut();
  }
}

export class Getter {
  readonly #tell: (report: Report) => void;
  #sink: Sink | null = null;
  #hash = sha256.create();
  /** Of these bytes the hash is made. */
  #hashed = 0;
  #abort = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #told = 0;
  #tries = 0;

  constructor(tell: (report: Report) => void) {
    this.#tell = tell;
  }

  /** Obeys the newest order: what went on before it stops first. */
  async obey(order: Order): Promise<void> {
    if (order.kind === "hash") return this.#hashFile(order.file);
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    this.#last = this.#last.then(() => (abort.signal.aborted ? undefined : this.#follow(order)));
    return this.#last;
  }

  async #follow(order: Exclude<Order, { kind: "hash" }>): Promise<void> {
    if (order.kind === "go") return this.#go(order);
    if (order.kind === "discard") {
      await this.#sink?.remove();
      this.#sink = null;
    }
    this.#tell({ kind: "stopped" });
  }

  async #go(order: Going): Promise<void> {
    const { signal } = this.#abort;
    try {
      await this.#get(order);
    } catch (error) {
      if (!signal.aborted) this.#tell(reportOf(error));
    }
  }

  async #get(order: Going): Promise<void> {
    const sha = order.sha256 || (await this.#ask(order));
    if (sha === null) return;
    this.#sink ??= (await openPart(sha)) ?? new MemorySink();
    if (!sha) this.#sink.cut(); // the file is being written to: nothing can be gone on with
    await this.#catchUp(order.size);
    if (this.#sink.size < order.size && !(await this.#read(order, sha))) return;
    await this.#compare(order, sha);
  }

  /** The hash that the server says the file has. */
  async #ask(order: Going): Promise<string | null> {
    const answer = await unlessCut(fetch(order.url, { ...this.#options(order), method: "HEAD" }));
    if (!answer.ok) return this.#refused(answer);
    return /^"([0-9a-f]{64})"$/.exec(answer.headers.get("ETag") ?? "")?.[1] ?? "";
  }

  /** Hashes what is there from before. */
  async #catchUp(size: number): Promise<void> {
    const sink = this.#sink!;
    if (sink.size > size) sink.cut();
    if (this.#hashed === sink.size) return;
    this.#hash = sha256.create();
    this.#hashed = 0;
    for await (const piece of sink.pieces()) {
      this.#abort.signal.throwIfAborted();
      this.#hash.update(piece);
      this.#hashed += piece.length;
      this.#progress("checking", this.#hashed);
    }
  }

  /** Reads to the end of the file. False where the server refused. */
  async #read(order: Going, sha: string): Promise<boolean> {
    const sink = this.#sink!;
    const headers: Record<string, string> = { ...order.headers };
    if (sink.size) Object.assign(headers, { Range: `bytes=${sink.size}-`, "If-Range": `"${sha}"` });
    const answer = await unlessCut(fetch(order.url, this.#options({ headers })));
    if (!answer.ok || !answer.body) {
      await this.#refused(answer);
      return false;
    }
    if (sink.size && answer.status !== 206) this.#startAnew();
    const reader = answer.body.getReader();
    for (let next = await unlessCut(reader.read()); !next.done; next = await unlessCut(reader.read())) {
      this.#abort.signal.throwIfAborted();
      sink.write(next.value);
      this.#hash.update(next.value);
      this.#hashed = sink.size;
      this.#progress("moving", sink.size);
    }
    if (sink.size < order.size) throw new Cut();
    return true;
  }

  async #compare(order: Going, sha: string): Promise<void> {
    const sink = this.#sink!;
    const found = bytesToHex(this.#hash.clone().digest());
    if (sink.size === order.size && (!sha || found === sha)) {
      await sink.close();
      this.#sink = null;
      this.#tell({ kind: "done", sha256: found, part: sink.name, file: sink.blob() });
      return;
    }
    this.#startAnew();
    this.#tries += 1;
    if (this.#tries < TRIES) return this.#get(order);
    await sink.remove();
    this.#sink = null;
    this.#tell({ kind: "differs" });
  }

  async #hashFile(file: Blob): Promise<void> {
    const hash = sha256.create();
    for (let at = 0; at < file.size; at += PIECE) {
      hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
      this.#progress("checking", at);
    }
    this.#tell({ kind: "hashed", sha256: bytesToHex(hash.digest()) });
  }

  async #refused(answer: Response): Promise<null> {
    this.#tell({ kind: "refused", status: answer.status, body: await unlessCut(answer.text()) });
    return null;
  }

  #startAnew(): void {
    this.#sink!.cut();
    this.#hash = sha256.create();
    this.#hashed = 0;
  }

  #options(order: { headers: Readonly<Record<string, string>> }): RequestInit {
    // A part in the browser's cache would be a second copy of the file.
    return { headers: order.headers, signal: this.#abort.signal, cache: "no-store", credentials: "omit" };
  }

  #progress(kind: "checking" | "moving", offset: number): void {
    const now = performance.now();
    if (now - this.#told < TELL_EVERY_MS) return;
    this.#told = now;
    this.#tell({ kind, offset });
  }
}

function reportOf(error: unknown): Report {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") return { kind: "unkept", why: "full" };
  if (name === "NoModificationAllowedError") return { kind: "unkept", why: "busy" };
  if (name) return { kind: "unkept", why: "forbidden" };
  if (error instanceof Cut) return { kind: "cut" };
  throw error;
}
