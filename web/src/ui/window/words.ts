/** The plain window's own words. They are those of the system whose window this is, and the same in every language. */
import type { Moved } from "../../native/words";

export const says = {
  failed: (address: string, why: string) => `Failed to connect to ${address}: ${why}`,
  noName: "Type a name, then Login.",
  noAddress: "Type the server's address, then Login.",
  came: (name: string) => `${name} connected to the server`,
  gone: (name: string) => `${name} has left the chat`,
  said: (name: string, text: string) => `${name}: ${text}`,
  notSent: (text: string, why: string) => `Not sent: ${text} (${why})`,
  online: (names: readonly string[]) => `online_list: ${names.join(", ")}`,
  files: (names: readonly string[]) => `server files: ${names.length ? names.join(", ") : "none"}`,
  lost: (address: string) => `The connection to ${address} is lost. This window looks for it.`,
  back: (address: string) => `Connected to ${address} again`,
  agentGone: "The program behind this window has ended. Close the window.",
  loggedOut: "You are logged out. This window can be closed.",

  begun: "got a download connection",
  halted: (name: string, of: Moved) =>
    `user ${name} downloaded ${percent(of.offset, of.size)} out of file.` +
    (of.lastByte === null ? "" : ` last byte is: 0x${of.lastByte.toString(16).padStart(2, "0")}`),
  proceeding: (name: string) => `user ${name} confirm proceeding`,
  downloaded: "downloaded 100% out of file.",
  saved: (of: Moved) => `Saved ${of.saved} (SHA-256 ${of.sha256})`,
  stopped: (of: Moved) => `${of.name} was not downloaded: ${of.message}`,
} as const;

export const labels = {
  name: "name",
  address: "address",
  login: "Login",
  logout: "Logout",
  online: "online_list",
  files: "show server file",
  screen: "screen",
  to: "To",
  all: "All",
  message: "message",
  send: "send",
  file: "server files",
  choose: "choose a file",
  saveAs: "save file as",
  example: "name.ext",
  download: "Download",
  proceed: "Proceed",
  progress: "downloaded",
  off: "Not connected",
  connecting: (address: string) => `Connecting to ${address} …`,
  on: (name: string, address: string) => `Connected to ${address} as ${name}`,
  away: (address: string) => `Not connected: looking for ${address} …`,
  understood: "OK",
} as const;

export const explains = {
  title: "This file cannot be saved so",
  noFile: "Choose a file from the list first.",
  noName: (file: string) => `Give the file a name to save it as, such as ${file}.`,
  noFileTitle: "No file is chosen",
} as const;

/** How far that is, with two digits and rounded down: only what is whole has 100 of it. */
export function percent(offset: number, size: number | null): string {
  if (size === null) return "0.00%";
  const hundredths = size ? Math.floor((10_000 * offset) / size) : 10_000;
  return hundredths >= 10_000 ? "100%" : `${(hundredths / 100).toFixed(2)}%`;
}

/** What the screen says of a download that is otherwise than before. */
export function downloadLines(before: Moved | null, now: Moved, name: string): string[] {
  const lines: string[] = [];
  if (!before?.path && now.path) lines.push(says.begun);
  if (now.detour && before?.detour !== now.detour) lines.push(now.detour);
  if (before?.state === now.state) return lines;
  if (now.state === "paused") lines.push(says.halted(name, now));
  if (before?.state === "paused" && (now.state === "waiting" || now.state === "moving")) {
    lines.push(says.proceeding(name));
  }
  if (now.state === "cut") lines.push(now.message);
  if (now.state === "done") lines.push(says.downloaded, says.saved(now));
  if (now.state === "failed") lines.push(says.stopped(now));
  return lines;
}
