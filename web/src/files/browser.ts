/** A browser's page for the transfers. The only file of this folder that knows a document or a window. */
import type { Salon } from "../model/types";
import { PARTS, type Order, type Report } from "./getting";
import type { Hand } from "./job";
import { DatabaseKeep, MemoryKeep } from "./keeping";
import type { Shelves } from "./shelf";
import type { Page } from "./page";
import { BrowserTransfers } from "./transfers";
import { GETTER, startWorker } from "./workers";

/** A part that was saved may still be read by the browser; one that nobody comes back to is not kept for ever. */
const PART_MS = 60 * 60 * 1000;
/** A page that is given a file keeps its address so long: some browsers begin to read it late. */
const ADDRESS_MS = 10 * 60 * 1000;

export function browserTransfers(salon: Salon, shelves: Shelves): BrowserTransfers {
  const transfers = new BrowserTransfers(salon, shelves, browserPage());
  addEventListener("pagehide", (event) => {
    if (!event.persisted) transfers.close(); // else the browser keeps the page as it is, and may show it again
  });
  return transfers;
}

function browserPage(): Page {
  return {
    now: () => Date.now(),
    after(milliseconds, act) {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
    chance: () => Math.random(),
    name: () =>
      Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join(""),
    hand: workerHand,
    keep: typeof indexedDB === "undefined" ? new MemoryKeep() : new DatabaseKeep(indexedDB),
    save,
    claim,
    sweep,
  };
}

function workerHand(): Hand {
  const worker = startWorker(GETTER);
  return {
    order: (order: Order) => worker.postMessage(order),
    hear(listener) {
      worker.onmessage = (event: MessageEvent<Report>) => listener(event.data);
    },
    end: () => worker.terminate(),
  };
}

/** Saves what has come as browsers save files: where the person wants them, and under a name that is free there. */
async function save(part: string, file: Blob | null, name: string): Promise<void> {
  const url = URL.createObjectURL(file ?? (await partOf(part)));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), ADDRESS_MS);
}

async function partOf(name: string): Promise<File> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(PARTS);
  return (await folder.getFileHandle(name)).getFile();
}

/** The lock is held as long as this page lives. Without locks there are no files that a browser finds again, either. */
function claim(id: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    void navigator.locks.request(`salon-transfer-${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {});
    });
  });
}

async function sweep(inUse: ReadonlySet<string>, all = false): Promise<void> {
  try {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(PARTS);
    for await (const [name, handle] of folder.entries()) {
      if (inUse.has(name) || handle.kind !== "file") continue;
      const { lastModified } = await (handle as FileSystemFileHandle).getFile();
      if (all || Date.now() - lastModified > PART_MS) await folder.removeEntry(name);
    }
  } catch {
    // There are none, or another page has them.
  }
}
