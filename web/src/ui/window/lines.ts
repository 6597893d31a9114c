/** From a room as it stands to lines on a screen that began empty. */
import type { RoomState, Row } from "../../model/types";
import { says } from "./words";

/** Remembers what was printed of one room. */
export class Printed {
  private upTo: number;
  private rows: ReadonlySet<string> = new Set();

  /** `head`: the newest entry when one came in; what is up to there was said before. */
  constructor(head: number) {
    this.upTo = head;
  }

  /** The log is another one now, or goes on where it was. */
  begin(head: number): void {
    if (head < this.upTo) this.upTo = head;
  }

  /** The lines that are new. */
  take(state: RoomState): string[] {
    const fresh = state.rows.filter((row) => !this.rows.has(row.key) && (row.kind !== "said" || row.seq > this.upTo));
    this.rows = new Set(state.rows.map((row) => row.key));
    this.upTo = Math.max(this.upTo, ...fresh.filter((row) => row.kind === "said").map((row) => row.seq));
    return fresh.flatMap(linesOf);
  }
}

function linesOf(row: Row): string[] {
  if (row.kind === "said") return row.redacted ? [] : [says.said(row.sender, row.text)];
  if (row.kind === "presence") return [...row.joined.map(says.came), ...row.left.map(says.gone)];
  return [];
}
