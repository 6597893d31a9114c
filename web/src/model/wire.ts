/**
 * The server's documents as values (docs/protocol.md). A field that is absent has its default; what is not understood is
 * passed over. Nothing is believed about types that would break the page where it were not so.
 */
import type { Refusal } from "./types";

export type Fields = Readonly<Record<string, unknown>>;

export interface ServerDocument {
  readonly type: string;
  readonly payload: Fields;
}

/** Of a room's log when a follower started: first number kept, last one, how far this person has read. */
export interface Bounds {
  readonly first: number;
  readonly seq: number;
  readonly read: number;
  readonly topic: string;
}

/** The document in a message, or null where it is none. */
export function decode(text: string): ServerDocument | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isFields(value) || typeof value.type !== "string") return null;
  return { type: value.type, payload: isFields(value.payload) ? value.payload : {} };
}

export function encode(type: string, payload: Fields): string {
  return JSON.stringify({ type, payload });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

export function number(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

export function texts(fields: Fields, name: string): string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

export function objects(fields: Fields, name: string): Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function documents(fields: Fields, name: string): ServerDocument[] {
  return objects(fields, name).map((one) => ({
    type: text(one, "type"),
    payload: isFields(one.payload) ? one.payload : {},
  }));
}

export function bounds(fields: Fields): Bounds {
  return {
    first: number(fields, "first") || 1,
    seq: number(fields, "seq"),
    read: number(fields, "read"),
    topic: text(fields, "topic"),
  };
}

/** The rooms of a `connect_ack`. */
export function roomBounds(ack: Fields): Map<string, Bounds> {
  const rooms = isFields(ack.rooms) ? ack.rooms : {};
  return new Map(Object.entries(rooms).map(([name, one]) => [name, bounds(isFields(one) ? one : {})]));
}

export function refusal(error: Fields): Refusal {
  const fields: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(isFields(error.fields) ? error.fields : {})) {
    if (typeof value === "string" || typeof value === "number") fields[name] = value;
  }
  return {
    code: text(error, "code") || "internal",
    message: text(error, "message"),
    fields,
    retry: error.retry === true,
  };
}
