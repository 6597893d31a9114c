/** From the server's documents to rows. */
import type { Gap, Noted, Row, Said } from "./types";
import { type Fields, number, type ServerDocument, text } from "./wire";

/** What an entry does to one before it. `seq`: its own number, so that of two changes the later one counts. */
export interface Change {
  readonly seq: number;
  readonly target: number;
  /** The new text; null where the message was deleted. */
  readonly text: string | null;
}

/** An entry of the log: what it shows, or what it changes. Both null: it only counts. */
export interface Entry {
  readonly seq: number;
  /** What its author's client called it. */
  readonly id: string;
  readonly row: Said | Noted | null;
  readonly change: Change | null;
}

/** `own`: one's own name, as the server spells it. */
export function entryOf(document: ServerDocument, own: string): Entry {
  const payload = document.payload;
  const [seq, id] = [number(payload, "seq"), text(payload, "id")];
  if (document.type === "message") return { seq, id, row: said(payload, own), change: null };
  const kind = text(payload, "kind");
  if (kind === "edited" || kind === "redacted") return { seq, id, row: null, change: changeOf(kind, payload) };
  return { seq, id, row: noted(payload, own), change: null };
}

function changeOf(kind: string, payload: Fields): Change | null {
  const [seq, target] = [number(payload, "seq"), number(payload, "target")];
  if (kind === "redacted") return { seq, target, text: null };
  // An edit whose text is gone was superseded: what its target says already is newer.
  return typeof payload.text === "string" ? { seq, target, text: payload.text } : null;
}

function said(payload: Fields, own: string): Said {
  const seq = number(payload, "seq");
  const sender = text(payload, "sender");
  return {
    kind: "said",
    key: String(seq),
    seq,
    time: number(payload, "time"),
    sender,
    own: sender === own,
    text: text(payload, "text"),
    to: text(payload, "to"),
    edited: number(payload, "edited"),
    redacted: number(payload, "redacted"),
  };
}

function noted(payload: Fields, own: string): Noted {
  const seq = number(payload, "seq");
  const sender = text(payload, "sender");
  return {
    kind: "noted",
    key: String(seq),
    seq,
    time: number(payload, "time"),
    what: text(payload, "kind"),
    sender,
    own: sender !== "" && sender === own,
    message: text(payload, "message"),
    topic: text(payload, "topic"),
    name: text(payload, "name"),
    size: number(payload, "size"),
    sha256: text(payload, "sha256"),
  };
}

/** The row with the change, where it is about this row and newer than what it says. */
export function changed(row: Row, change: Change): Row {
  if (row.kind !== "said" || row.seq !== change.target) return row;
  if (change.seq <= Math.max(row.edited, row.redacted)) return row;
  return change.text === null
    ? { ...row, text: "", redacted: change.seq }
    : { ...row, text: change.text, edited: change.seq };
}

export function gone(from: number, to: number, why: string): Gap {
  return { kind: "gap", key: `gap-${from}`, seq: from, from, to, state: "gone", why };
}

export function filling(from: number, to: number): Gap {
  return { kind: "gap", key: `filling-${from}`, seq: from, from, to, state: "filling", why: "" };
}
