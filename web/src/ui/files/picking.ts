/** Files out of what browsers hand over: a drop, the clipboard, a dialog, a folder. */
import type { Picked } from "../../files/types";

/** What systems leave in folders for themselves. */
const LITTER = /^(\.DS_Store|\.localized|Thumbs\.db|desktop\.ini)$/i;

/** Files of a drop or of the clipboard, folders with all that is in them. To be called at once: later all is gone. */
export async function picksOf(data: DataTransfer): Promise<Picked[]> {
  const items = [...data.items].filter((item) => item.kind === "file");
  // Each is asked for before the first answer: the browser forgets the drop when this turn is over.
  const found = items.map((item) => handleOf(item) ?? entryOf(item) ?? fileOf(item));
  return apart((await Promise.all(found)).flat());
}

interface Handing {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** By handles, which outlive the page. */
function handleOf(item: DataTransferItem): Promise<Found[]> | null {
  const asking = (item as Handing).getAsFileSystemHandle?.();
  if (!asking) return null;
  const file = item.getAsFile();
  return asking.then(
    (handle) => (handle ? inHandle(handle, "") : plain(file)),
    () => plain(file), // it may be no file of a disk, such as a picture out of another page
  );
}

function entryOf(item: DataTransferItem): Promise<Found[]> | null {
  const entry = item.webkitGetAsEntry?.();
  return entry?.isDirectory ? inEntry(entry, "") : null;
}

function fileOf(item: DataTransferItem): Promise<Found[]> {
  return Promise.resolve(plain(item.getAsFile()));
}

interface Found extends Picked {
  /** The folders in which it was found. */
  readonly folder: string;
}

function plain(file: File | null): Found[] {
  return file ? [{ file, folder: "" }] : [];
}

async function inHandle(handle: FileSystemHandle, folder: string): Promise<Found[]> {
  if (handle.kind === "file") {
    const of = handle as FileSystemFileHandle;
    return [{ file: await of.getFile(), handle: of, folder }];
  }
  const found: Found[] = [];
  for await (const inner of (handle as FileSystemDirectoryHandle).values()) {
    if (!LITTER.test(inner.name)) found.push(...(await inHandle(inner, `${folder}${handle.name} - `)));
  }
  return found;
}

async function inEntry(entry: FileSystemEntry, folder: string): Promise<Found[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, folder }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Found[] = [];
  // A hundred come at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const inner of some) {
      if (!LITTER.test(inner.name)) found.push(...(await inEntry(inner, `${folder}${entry.name} - `)));
    }
  }
}

interface Choosing {
  showOpenFilePicker?(options: { multiple: boolean }): Promise<FileSystemFileHandle[]>;
}

/** Files out of the dialog that gives handles; null where the browser has none. Empty where nothing was chosen. */
export async function chosen(): Promise<Picked[] | null> {
  const { showOpenFilePicker } = window as Choosing;
  if (!showOpenFilePicker) return null;
  try {
    const handles = await showOpenFilePicker.call(window, { multiple: true });
    return await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return [];
    throw error;
  }
}

/** Files out of a field. */
export function picksOfField(field: HTMLInputElement): Picked[] {
  const picked = [...(field.files ?? [])]
    .filter((file) => !LITTER.test(file.name))
    .map((file) => ({ file, folder: file.webkitRelativePath.split("/").slice(0, -1).map((one) => `${one} - `).join("") })); // prettier-ignore
  field.value = ""; // the same again is a choice too
  return apart(picked);
}

/** A shelf has no folders: those of one name are told apart by the folder that they came out of. */
export function apart(found: readonly Found[]): Picked[] {
  const times = new Map<string, number>();
  for (const { file } of found) times.set(file.name, (times.get(file.name) ?? 0) + 1);
  return found.map(({ file, handle, folder }) => ({
    file,
    ...(handle ? { handle } : {}),
    ...(folder && times.get(file.name)! > 1 ? { name: folder + file.name } : {}),
  }));
}

/** Whether somebody who pastes means the files: a table copied out of a program is text, and a picture of itself. */
export function meansFiles(data: DataTransfer): boolean {
  return data.files.length > 0 && !data.types.includes("text/plain");
}
