/**
 * Where the worker puts what comes. On a secure page that is a file of the browser's own (the origin private file
 * system), which outlives the page; elsewhere memory, which the browser moves to its disk in pieces as it likes.
 */
import { PARTS, partName } from "./getting";

export interface Sink {
  /** By which a part is found again; empty where there is none. */
  readonly name: string;
  /** Bytes that are here. */
  readonly size: number;
  /** Their pieces in order, for the hash. */
  pieces(): AsyncIterable<Uint8Array>;
  /** @throws {DOMException} QuotaExceededError where there is no space */
  write(data: Uint8Array): void;
  cut(): void;
  /**
   * What is here may be read by others now.
   * @throws {DOMException} QuotaExceededError where not all of it is here
   */
  close(): Promise<void>;
  /** What is here is of no use any more. */
  remove(): Promise<void>;
  /** What came, where only this sink has it. */
  blob(): Blob | null;
}

/** What of the standard's FileSystemSyncAccessHandle is used: the DOM's own types leave out what only workers have. */
interface SyncFile {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(data: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

const PIECE = 4 * 1024 * 1024;
/** Writes of a few hundred KiB cost less than those of a network's pieces. */
const GATHERED = 1024 * 1024;

const nothingMoreFits = () => new DOMException("nothing more fits", "QuotaExceededError");

interface SyncOpener {
  createSyncAccessHandle(): Promise<SyncFile>;
}

/** The part of this file, made where there is none; null where the browser has no such files. */
export async function openPart(sha256: string): Promise<Sink | null> {
  if (typeof FileSystemFileHandle === "undefined" || !navigator.storage?.getDirectory) return null;
  if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) return null;
  let folder: FileSystemDirectoryHandle;
  try {
    folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(PARTS, { create: true });
  } catch {
    return null; // private windows of some browsers have none
  }
  const file = await folder.getFileHandle(partName(sha256), { create: true });
  return new PartSink(folder, partName(sha256), await (file as unknown as SyncOpener).createSyncAccessHandle());
}

class PartSink implements Sink {
  size: number;
  readonly #folder: FileSystemDirectoryHandle;
  readonly name: string;
  readonly #file: SyncFile;
  readonly #gathered = new Uint8Array(GATHERED);
  #waiting = 0;
  #written: number;

  constructor(folder: FileSystemDirectoryHandle, name: string, file: SyncFile) {
    this.#folder = folder;
    this.name = name;
    this.#file = file;
    this.size = this.#written = file.getSize();
  }

  async *pieces(): AsyncIterable<Uint8Array> {
    const piece = new Uint8Array(PIECE);
    for (let at = 0; at < this.size;) {
      const read = this.#file.read(piece, { at });
      if (!read) throw new DOMException("the part is shorter than it was", "NotReadableError");
      yield piece.subarray(0, read);
      at += read;
    }
  }

  write(data: Uint8Array): void {
    for (let at = 0; at < data.length;) {
      const take = Math.min(data.length - at, GATHERED - this.#waiting);
      this.#gathered.set(data.subarray(at, at + take), this.#waiting);
      this.#waiting += take;
      at += take;
      if (this.#waiting === GATHERED) this.#flush();
    }
    this.size += data.length;
  }

  cut(): void {
    this.#waiting = 0;
    this.#file.truncate(0);
    this.size = this.#written = 0;
  }

  async close(): Promise<void> {
    this.#flush();
    this.#file.flush();
    this.#file.close();
  }

  async remove(): Promise<void> {
    this.#file.close();
    await this.#folder.removeEntry(this.name).catch(() => {}); // it is swept later
  }

  blob(): null {
    return null;
  }

  #flush(): void {
    let at = 0;
    while (at < this.#waiting) {
      const written = this.#file.write(this.#gathered.subarray(at, this.#waiting), { at: this.#written });
      if (!written) throw nothingMoreFits();
      at += written;
      this.#written += written;
    }
    this.#waiting = 0;
    // A private window's files are in memory, and where that ends Chromium says that it wrote what it dropped.
    if (this.#file.getSize() < this.#written) throw nothingMoreFits();
  }
}

/** So much is handed to the browser at once. */
const HANDED = 8 * 1024 * 1024;

export class MemorySink implements Sink {
  readonly name = "";
  size = 0;
  #whole = new Blob([]);
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #waiting = 0;

  async *pieces(): AsyncIterable<Uint8Array> {
    const reader = this.#gather().stream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  }

  write(data: Uint8Array): void {
    this.#pieces.push(new Uint8Array(data));
    this.#waiting += data.length;
    this.size += data.length;
    if (this.#waiting >= HANDED) this.#gather();
  }

  cut(): void {
    this.#whole = new Blob([]);
    this.#pieces = [];
    this.size = this.#waiting = 0;
  }

  async close(): Promise<void> {
    try {
      await this.#gather().slice(-1).arrayBuffer(); // a browser that has no room for a part of it gives nothing of it
    } catch {
      throw nothingMoreFits();
    }
  }

  remove(): Promise<void> {
    this.cut();
    return Promise.resolve();
  }

  blob(): Blob {
    return this.#gather();
  }

  #gather(): Blob {
    this.#whole = new Blob([this.#whole, ...this.#pieces]);
    this.#pieces = [];
    this.#waiting = 0;
    return this.#whole;
  }
}
