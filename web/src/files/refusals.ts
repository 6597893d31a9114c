/** Refusals of HTTP, and those that the page itself says, in the words of the one catalogue. */
import type { Refusal } from "../model/types";

/** What the server's answer says; for what is none of Salon's, something between us and the server failed. */
export function refusalOf(status: number, body: string): Refusal {
  try {
    const read = JSON.parse(body) as Record<string, unknown>;
    if (typeof read.code === "string" && typeof read.message === "string") {
      return { code: read.code, message: read.message, fields: fieldsOf(read.fields), retry: read.retry === true };
    }
  } catch {
    // It is no JSON.
  }
  return strange(status);
}

/** Whether the same may succeed later: the server is busy or starts again, or the ticket is an old one. */
export function passes(status: number, refusal: Refusal): boolean {
  return refusal.retry || status === 401 || status === 409 || status === 429 || (status >= 500 && status !== 507);
}

/** The server answered with something that Salon never says. */
export function strange(status: number): Refusal {
  return refuse("strange_answer", { status }, `The server answered with ${status}, and without a word.`, status >= 500);
}

export function refuse(code: string, fields: Record<string, string | number>, message: string, retry = false): Refusal {
  return { code, fields, message, retry };
}

export const tooLarge = (name: string, limit: number): Refusal =>
  refuse("too_large", { name, limit }, `File ${name} is too large (limit ${limit} bytes)`);
export const fileChanged = (name: string): Refusal =>
  refuse(
    "file_changed",
    { name },
    `File ${name} changed while it was sent; nothing of it was kept. Send it again.`,
    true,
  );
export const bytesDiffer = (name: string): Refusal =>
  refuse(
    "bytes_differ",
    { name },
    `What came as ${name} is not what its SHA-256 says, twice; it was thrown away.`,
    true,
  );
export const noSpace = (name: string, size: number): Refusal =>
  refuse("no_space", { name, size }, `There is no room for ${name} on this machine's disk (${size} bytes).`);
export const elsewhere = (name: string): Refusal =>
  refuse("got_elsewhere", { name }, `Another tab of this browser is getting ${name}.`, true);
export const unkept = (name: string): Refusal =>
  refuse("unkept_file", { name }, `This browser does not let the page keep ${name}.`);

function fieldsOf(fields: unknown): Record<string, string | number> {
  if (typeof fields !== "object" || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => typeof value === "string" || typeof value === "number"),
  );
}
