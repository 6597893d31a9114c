/** What is remembered of transfers over a reload of the page. */

export interface KeptUpload {
  readonly kind: "up";
  readonly id: string;
  /** Whose it is: nobody else goes on with it. */
  readonly person: string;
  readonly room: string;
  readonly name: string;
  /** Its name on this machine. */
  readonly source: string;
  readonly size: number;
  /** When the file was changed, in milliseconds since 1970: another time is another file. */
  readonly modified: number;
  /** The upload at the server; empty before it has begun. */
  readonly url: string;
  /** By which the browser finds the file again, where it can. */
  readonly handle?: FileSystemFileHandle | undefined;
  /** When it was begun, in milliseconds since 1970. */
  readonly time: number;
}

export interface KeptDownload {
  readonly kind: "down";
  readonly id: string;
  readonly person: string;
  readonly room: string;
  readonly name: string;
  readonly savedAs: string;
  readonly size: number;
  readonly sha256: string;
  readonly time: number;
}

export type Kept = KeptUpload | KeptDownload;

/** Where that is kept. What cannot be kept is not: a transfer goes on without. */
export interface Keep {
  all(): Promise<Kept[]>;
  put(kept: Kept): void;
  remove(id: string): void;
}

/** Of a time before which nothing can be gone on with: the server gives up uploads that were silent for a day. */
export const KEPT_MS = 24 * 60 * 60 * 1000;

export class MemoryKeep implements Keep {
  readonly #kept = new Map<string, Kept>();

  all(): Promise<Kept[]> {
    return Promise.resolve([...this.#kept.values()]);
  }

  put(kept: Kept): void {
    this.#kept.set(kept.id, kept);
  }

  remove(id: string): void {
    this.#kept.delete(id);
  }
}

const STORE = "transfers";

/** In the browser's database, which alone can hold on to a file's handle. */
export class DatabaseKeep implements Keep {
  readonly #database: Promise<IDBDatabase>;
  /** Changes come one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(factory: IDBFactory) {
    this.#database = new Promise((resolve, reject) => {
      const opening = factory.open("salon-files", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error ?? new Error("no database"));
    });
    this.#database.catch(() => {}); // a private window may have none
  }

  async all(): Promise<Kept[]> {
    try {
      return (await this.#act("readonly", (store) => store.getAll() as IDBRequest<Kept[]>)) ?? [];
    } catch {
      return [];
    }
  }

  put(kept: Kept): void {
    this.#later((store) => store.put(kept));
  }

  remove(id: string): void {
    this.#later((store) => store.delete(id));
  }

  #later(act: (store: IDBObjectStore) => IDBRequest): void {
    this.#last = this.#last.then(() => this.#act("readwrite", act)).catch(() => {});
  }

  async #act<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const store = (await this.#database).transaction(STORE, mode).objectStore(STORE);
    return new Promise((resolve, reject) => {
      const request = act(store);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("the database failed"));
    });
  }
}
