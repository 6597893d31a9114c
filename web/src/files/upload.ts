/** One file on its way to a shelf: tus 1.0 by tus-js-client, which is loaded with the first upload. */
import type { DetailedError, HttpRequest, HttpResponse, Upload } from "tus-js-client";

import type { Refusal } from "../model/types";
import type { KeptUpload } from "./keeping";
import { Job, type Ground } from "./job";
import { fileChanged, passes, refusalOf } from "./refusals";
import type { Picked } from "./types";

/** What Chromium's handles can besides. */
interface Askable {
  queryPermission?(what: { mode: "read" }): Promise<PermissionState>;
  requestPermission?(what: { mode: "read" }): Promise<PermissionState>;
}

export class UploadJob extends Job {
  #kept: KeptUpload;
  #file: File | null;
  #tus: Upload | null = null;
  /** Counts the tries: what an older one says is not heard any more. */
  #turn = 0;
  #sha256: string | null = null;

  /** Files that may leave the shelf for it: whoever sends it was told of these. */
  readonly #agreed: readonly string[];

  constructor(ground: Ground, kept: KeptUpload, picked: Picked | null, agreed: readonly string[] = []) {
    super(ground, {
      id: kept.id,
      direction: "up",
      room: kept.room,
      name: kept.name,
      savedAs: "",
      time: kept.time,
      size: kept.size,
      offset: 0,
      state: picked ? "queued" : kept.handle ? "paused" : "needs-file",
      rate: 0,
      eta: null,
      sha256: "",
      path: "TCP",
      evicts: [],
      refusal: null,
      verified: false,
    });
    this.#kept = kept;
    this.#agreed = agreed;
    this.#file = picked?.file ?? null;
    this.remember();
  }

  run(): void {
    this.#turn += 1;
    this.change({ state: "moving" });
    void this.#go(this.#turn);
  }

  /** Nothing of it goes out, and why. */
  refuse(refusal: Refusal): void {
    this.fail(refusal);
  }

  /** The file again, after a reload. False where it is another one. */
  give(picked: Picked): boolean {
    const { file } = picked;
    const { source, size, modified } = this.#kept;
    if (file.size !== size || file.name !== source || file.lastModified !== modified) return false;
    this.#file = file;
    if (picked.handle) this.#keep({ handle: picked.handle });
    this.rest("queued");
    return true;
  }

  /** Asks the browser for the file that it kept; whoever calls this has just been touched or clicked. */
  override proceed(): void {
    if (this.#file || !this.#kept.handle) super.proceed();
    else void this.#ask(this.#kept.handle);
  }

  /** Goes on by itself after a reload, where the browser still allows it. */
  async resume(): Promise<void> {
    const { handle } = this.#kept;
    await this.#find();
    if (handle && (await (handle as Askable).queryPermission?.({ mode: "read" })) === "granted")
      await this.#ask(handle);
  }

  protected stop(): void {
    this.#turn += 1;
    void this.#tus?.abort();
    this.#tus = null;
  }

  protected remember(): void {
    this.ground.keep.put(this.#kept);
  }

  protected discard(): void {
    this.stop();
    const { url } = this.#kept;
    // Where that is not heard the server gives it up by itself, after a day.
    if (url) void fetch(url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {});
  }

  /** How far it is, for whoever looks at it before it goes on. */
  async #find(): Promise<void> {
    if (!this.#kept.url) return;
    try {
      const answer = await fetch(this.#kept.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
      const offset = Number(answer.headers.get("Upload-Offset"));
      if (answer.ok && !this.busy) this.change({ offset });
    } catch {
      // The line is gone again: it is found out later.
    }
  }

  async #ask(handle: FileSystemFileHandle): Promise<void> {
    try {
      if ((await (handle as Askable).requestPermission?.({ mode: "read" })) !== "granted") return;
      const file = await handle.getFile();
      if (!this.give({ file, handle })) this.fail(fileChanged(this.#kept.name));
    } catch {
      this.#keep({ handle: undefined }); // it was moved or removed: ask for it
      this.rest("needs-file");
    }
  }

  async #go(turn: number): Promise<void> {
    const file = this.#file!;
    this.moved = this.ground.now();
    try {
      if (this.#sha256 === null) this.#sha256 = await this.#hashed(file, turn);
      if (turn !== this.#turn) return;
      this.change({ state: "moving" });
      const { Upload } = await import("tus-js-client");
      if (turn !== this.#turn) return;
      this.#tus = new Upload(
        file,
        this.#options(file, turn, () => this.#success(turn)),
      );
      this.#tus.start();
    } catch (error) {
      if (turn === this.#turn) await this.#failed(error as Error, turn);
    }
  }

  /** The hash of the whole where the server may have the bytes already, which a known size says: else it is not worth the time. */
  async #hashed(file: File, turn: number): Promise<string> {
    if (this.#kept.url || !file.size || !this.ground.knowsSize(file.size)) return "";
    const hand = this.ground.hand();
    try {
      return await new Promise<string>((resolve, reject) => {
        hand.hear((report) => {
          if (turn !== this.#turn) reject(new Error("stopped"));
          else if (report.kind === "checking") this.change({ state: "checking" });
          else if (report.kind === "hashed") resolve(report.sha256);
          else if (report.kind === "unkept") reject(new Error("unreadable"));
        });
        hand.order({ kind: "hash", file });
      });
    } finally {
      hand.end();
    }
  }

  #options(file: File, turn: number, success: () => void) {
    const current = () => turn === this.#turn;
    return {
      endpoint: "/uploads",
      uploadUrl: this.#kept.url || null,
      metadata: {
        filename: this.#kept.name,
        room: this.#kept.room,
        ...(this.#sha256 ? { sha256: this.#sha256 } : {}),
      },
      retryDelays: null, // when to try again is decided here: it depends on the line and on the person
      storeFingerprintForResuming: false,
      fingerprint: () => Promise.resolve(""),
      onBeforeRequest: (request: HttpRequest) => {
        for (const [name, value] of Object.entries(this.authorization)) request.setHeader(name, value);
      },
      onAfterResponse: (request: HttpRequest, response: HttpResponse) => {
        if (current()) this.#answered(request, response, file, success);
      },
      onProgress: (sent: number) => {
        if (current()) this.at(sent);
      },
      onSuccess: () => {
        if (current()) success();
      },
      onError: (error: Error | DetailedError) => {
        if (current()) void this.#failed(error, turn);
      },
    };
  }

  /** What the server says about a new upload: where it is, what it pushes out, and whether its bytes are there already. */
  #answered(request: HttpRequest, response: HttpResponse, file: File, success: () => void): void {
    this.moved = this.ground.now();
    if (request.getMethod() !== "POST" || response.getStatus() !== 201) return;
    this.#keep({ url: response.getHeader("Location") ?? "" });
    const evicts = evictsOf(response.getBody());
    if (evicts.length) this.change({ evicts });
    if (file.size && Number(response.getHeader("Upload-Offset")) === file.size) {
      void this.#tus?.abort();
      success();
      return;
    }
    // The shelf filled up since somebody looked: they are asked now, and no byte has gone.
    if (!evicts.every((name) => this.#agreed.includes(name))) this.pause();
  }

  #success(turn: number): void {
    if (turn !== this.#turn) return;
    this.#turn += 1;
    this.#tus = null;
    this.finish({ verified: true, sha256: this.#sha256 ?? "" });
  }

  async #failed(error: Error | DetailedError, turn: number): Promise<void> {
    this.#tus = null;
    const response = "originalResponse" in error ? error.originalResponse : null;
    if (response) {
      const refusal = refusalOf(response.getStatus(), response.getBody());
      if (passes(response.getStatus(), refusal)) return this.wait(refusal.code === "bad_ticket" ? null : refusal);
      this.#turn += 1;
      return this.fail(refusal);
    }
    // A file that was changed or removed ends the request without a word, as a broken line does.
    const readable = await isReadable(this.#file!);
    if (turn !== this.#turn) return;
    if (readable) return this.wait(null);
    this.discard();
    this.fail(fileChanged(this.#kept.name));
  }

  #keep(part: Partial<KeptUpload>): void {
    this.#kept = { ...this.#kept, ...part };
    this.ground.keep.put(this.#kept);
  }
}

/** Names of the files that a new upload pushes off the shelf. */
export function evictsOf(body: string): string[] {
  try {
    const { evicts } = JSON.parse(body) as { evicts?: unknown };
    return Array.isArray(evicts) ? evicts.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
