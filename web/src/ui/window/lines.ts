/** From a room as it stands to lines on a screen that began empty. */
import type { RoomState, Said } from "../../model/types";
import { says } from "./words";

/** Remembers what was printed of what was said in one room. */
export class Printed {
  private upTo: number;

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
    const fresh = state.rows.filter((row): row is Said => row.kind === "said" && row.seq > this.upTo);
    this.upTo = Math.max(this.upTo, fresh.at(-1)?.seq ?? 0);
    return fresh.filter((row) => !row.redacted).map((row) => says.said(row.sender, row.text));
  }
}
