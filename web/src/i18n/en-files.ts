/** The sentences of files, in English. A part of the catalogue in `en.ts`. */
const plural = new Intl.PluralRules("en");

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${plural.select(number) === "one" ? one : many}`;
}

export const files = {
  title: "Files",
  shelf: "Shelf",
  keeps: (keep: number) => `Keeps the ${count(keep, "newest file", "newest files")}`,
  keepsAll: "Keeps every file",
  library: "Library",
  libraryHint: "Offered by whoever runs this Salon.",
  transfers: "Transfers",
  loading: "Looking what is on the shelf",
  empty: "Nothing is on the shelf yet",
  emptyAdvice: "Drop a file anywhere in this room, paste one, or choose it here.",
  failed: "The shelf could not be read.",
  tryAgain: "Try again",

  attach: "Send files",
  attachFolder: "Send a folder",
  drop: (room: string) => `Drop to send to ${room}`,
  dropHint: "Files and whole folders",
  nothingDropped: "There was no file in that.",

  offer: {
    title: (files: number) => `Send ${count(files, "file", "files")}?`,
    pushesOut: "These leave the shelf for it:",
    replaces: "These are replaced:",
    send: "Send",
    dont: "Don't send",
    total: (files: number, size: string) => `${count(files, "file", "files")}, ${size}`,
    more: (more: number) => `and ${count(more, "more file", "more files")}`,
  },

  /** What a card says of its file. */
  state: {
    queued: "Waits for its turn",
    checking: "Is being checked",
    sending: (percent: number) => `Sending, ${percent} %`,
    getting: (percent: number) => `Getting, ${percent} %`,
    arriving: (percent: number) => `Arriving, ${percent} %`,
    still: (percent: number) => `Stands still at ${percent} %`,
    finishing: "Is being put on the shelf",
    waiting: (percent: number) => `Waits for the connection at ${percent} %`,
    busy: (percent: number) => `Waits for the server at ${percent} %`,
    paused: (percent: number) => `Paused at ${percent} %`,
    needsFile: "The page was loaded again. Choose the same file to go on.",
    onShelf: "On the shelf",
    sent: "Is on the shelf",
    got: "Saved, and checked",
    gotUnchecked: "Saved",
    place: (place: string) => `Checked, and saved as ${place}`,
    failed: "Did not work.",
    cancelled: "Given up",
    left: "Left the shelf",
    replaced: "A newer one has this name",
    leaves: (after: number) => (after === 1 ? "Leaves with the next file" : `Leaves after ${after} more files`),
    downloads: (times: number) =>
      times === 0 ? "" : `Fetched ${times === 1 ? "once" : `${times.toLocaleString("en")} times`}`,
    evicts: (names: string) => `Takes off the shelf: ${names}`,
  },

  left: (time: string) => `${time} left`,
  rate: (size: string) => `${size}/s`,
  progress: (name: string) => `How far ${name} is`,
  of: (name: string) => `File ${name}`,
  from: (name: string) => `from ${name}`,

  get: "Get",
  getName: (name: string) => `Get ${name}`,
  saveAs: "Save as …",
  look: "Look",
  lookName: (name: string) => `Look at ${name}`,
  pause: "Pause",
  pauseName: (name: string) => `Pause ${name}`,
  proceed: "Proceed",
  proceedName: (name: string) => `Proceed with ${name}`,
  cancel: "Cancel",
  cancelName: (name: string) => `Cancel ${name}`,
  again: "Try again",
  againName: (name: string) => `Try again: ${name}`,
  dismiss: "Remove",
  dismissName: (name: string) => `Remove ${name} from the list`,
  choose: "Choose the file",
  chooseName: (name: string) => `Choose the file again: ${name}`,
  otherFile: "This is another file, or it was changed meanwhile.",
  saveAgain: "Save again",
  saveAgainName: (name: string) => `Save again: ${name}`,
  more: (name: string) => `More about ${name}`,
  unshelve: "Take off the shelf",
  unshelveSure: "Take it off for everybody?",
  unshelveYes: "Take off",
  hash: "SHA-256",
  copyHash: "Copy SHA-256",
  noHash: "Known once somebody has fetched it.",

  saving: {
    title: "Save as",
    label: "Name on this device",
    save: "Save",
    empty: "A file needs a name.",
    rather: (name: string) => `Call it ${name}`,
  },

  looking: {
    loading: "The file is coming",
    tooLong: (size: string) => `This is the beginning of ${size}.`,
    noText: "This is no text.",
    broken: "The browser cannot show this file.",
    gone: "The file is not on the shelf any more.",
    picture: (name: string) => `Picture ${name}`,
  },

  announce: {
    sent: (name: string) => `${name} is on the shelf.`,
    got: (name: string) => `${name} is saved.`,
    failed: (name: string) => `${name} did not arrive.`,
  },
};
