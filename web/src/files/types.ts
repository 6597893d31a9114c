/**
 * Files on their way, as those who draw them see them. `Transfers` is a port: the browser's implementation is
 * `BrowserTransfers`; a program beside the page that moves files by itself offers another.
 */
import type { Readable, Refusal } from "../model/types";

export type TransferState =
  /** Waits for its turn. */
  | "queued"
  /** Bytes that are here already are being hashed. */
  | "checking"
  | "moving"
  /** The line is gone, or the server asked to come later: it goes on by itself. */
  | "waiting"
  | "paused"
  /** The page was loaded again, and the browser keeps no way to the file: `giveFile` goes on. */
  | "needs-file"
  | "done"
  | "failed"
  | "cancelled";

/** A file on its way, at one moment. */
export interface Transfer {
  readonly id: string;
  readonly direction: "up" | "down";
  /** The room's key. */
  readonly room: string;
  readonly name: string;
  /** Under which name a download is saved here. */
  readonly savedAs: string;
  /** When it began, in milliseconds since 1970. */
  readonly time: number;
  /** Bytes of the whole, and of them how many are there. */
  readonly size: number;
  readonly offset: number;
  readonly state: TransferState;
  /** Bytes a second, smoothed; `eta`: seconds until the end, or null where nobody can say. */
  readonly rate: number;
  readonly eta: number | null;
  /** Of the whole, as 64 hex digits, where it is known. */
  readonly sha256: string;
  /** Over what it goes: `TCP`, `UDP`, `direct`, `through the server`. */
  readonly path: string;
  /** What an upload pushes off the shelf, as the server says. */
  readonly evicts: readonly string[];
  /** Why it failed, or why it waits. */
  readonly refusal: Refusal | null;
  /** Whether the bytes were compared with the hash that they should have. */
  readonly verified: boolean;
  /** Where it lies on this machine, where that is known. */
  readonly place?: string;
}

/** What somebody wants to send, before it begins. `handle`: by which the browser finds it again after a reload. */
export interface Picked {
  readonly file: File;
  readonly handle?: FileSystemFileHandle | undefined;
  /** How it is to be called on the shelf, where that is not its own name. */
  readonly name?: string | undefined;
}

/** Files that would take others off the shelf: nothing of them moves before `accept`. */
export interface Offer {
  readonly id: string;
  readonly room: string;
  readonly files: readonly { readonly name: string; readonly size: number }[];
  /** Names of the files that would leave the shelf, and of those that would be replaced. */
  readonly pushesOut: readonly string[];
  readonly replaces: readonly string[];
}

export interface TransfersState {
  /** The newest first. What is over stays until it is dismissed. */
  readonly transfers: readonly Transfer[];
  readonly offers: readonly Offer[];
}

/** A file of a room, as it can be asked for. `sha256` is empty for one of the library that nobody has fetched yet. */
export interface Wanted {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export interface Transfers extends Readable<TransfersState> {
  /** Sends files to a room's shelf, or asks by an `Offer` where others would leave it. */
  send(room: string, files: readonly Picked[]): Promise<void>;
  accept(offer: string): void;
  decline(offer: string): void;
  /** Gets a file. `savedAs`: another name for it here. Returns the transfer's id. */
  get(room: string, file: Wanted, savedAs?: string): string;
  pause(id: string): void;
  proceed(id: string): void;
  /** Gives it up: nothing of it stays, here or there. */
  cancel(id: string): void;
  /** Takes what is over off the list. */
  dismiss(id: string): void;
  /** The file of an upload that needs it again. False where it is another one. */
  giveFile(id: string, picked: Picked): boolean;
  /** Saves a file that was got once more. */
  saveAgain(id: string): void;
}

/** Whether nothing more will happen to it. */
export function isOver(state: TransferState): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

/** A file of a room's list, as the server tells it. */
export interface Shelved {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  /** Who sent it; empty for one of the library. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly downloads: number;
  /** So many new files push it out; 0: it stays. */
  readonly leavesAfter: number;
  readonly library: boolean;
}

/** A file that somebody is sending to the room, as the room was told. */
export interface Arriving {
  readonly room: string;
  readonly sender: string;
  readonly name: string;
  readonly size: number;
  readonly offset: number;
  /** When that was told, by this machine's clock. */
  readonly time: number;
}
