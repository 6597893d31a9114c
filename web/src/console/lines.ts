/**
 * The newest lines of the log, and those of them that somebody wants to see. Both are bounded: a page that is open for
 * a week holds no more than one that is open for a minute.
 */
import type { Line, LogPayload } from "./types";

export const MOST = 5_000;
const SPARE = 500; // so many more before the oldest are let go, all at once

export const SUBJECTS = ["all", "said", "people", "files", "trouble"] as const;
export type Subject = (typeof SUBJECTS)[number];

const KINDS: Record<Exclude<Subject, "all">, readonly string[]> = {
  said: ["said", "changed", "operator"],
  people: ["connected", "left", "joined", "parted", "sent_out"],
  files: ["wants", "halted", "proceeding", "downloaded", "stopped", "sending", "given_up"],
  trouble: ["refused", "missed", "note", "sent_out"],
};

export interface Filter {
  subject: Subject;
  words: string;
}

export class Lines {
  /** The lines that pass the filter, oldest first. Another array whenever it holds something else. */
  shown: readonly Line[] = [];
  tip = 0;
  /** What is added to the server's numbers: those of a server that was started again begin anew, ours go on. */
  private base = 0;
  private all: Line[] = [];
  private filter: Filter = { subject: "all", words: "" };

  /** `missed` as a line of its own: `words` says how many. */
  add(log: LogPayload, words: (missed: number) => string): void {
    const fresh = log.lines.map((line) => ({ ...line, n: this.base + line.n }));
    if (log.missed > 0) {
      const time = fresh[0]?.what.time ?? this.all.at(-1)?.what.time ?? 0;
      fresh.unshift({
        n: (fresh[0]?.n ?? this.base + log.tip + 1) - 0.5,
        line: words(log.missed),
        what: { kind: "missed", time },
      });
    }
    this.tip = Math.max(this.tip, log.tip);
    this.all.push(...fresh);
    if (this.all.length > MOST + SPARE) this.all.splice(0, this.all.length - MOST);
    const kept = this.passing(fresh);
    if (kept.length === 0) return;
    const oldest = this.all[0]!.n;
    const begin = this.shown.findIndex((one) => one.n >= oldest);
    this.shown = [...(begin > 0 ? this.shown.slice(begin) : begin < 0 ? [] : this.shown), ...kept];
  }

  /** The server was started again, and counts from the beginning. */
  restart(): void {
    this.base += this.tip + 1;
    this.tip = 0;
  }

  /** Shows only what passes. */
  show(filter: Filter): void {
    this.filter = filter;
    this.shown = this.passing(this.all);
  }

  clear(): void {
    this.all = [];
    this.shown = [];
  }

  private passing(lines: Line[]): Line[] {
    const { subject, words } = this.filter;
    const wanted = words.trim().toLocaleLowerCase();
    if (subject === "all" && !wanted) return lines.slice();
    const kinds = subject === "all" ? null : KINDS[subject];
    return lines.filter(
      (one) => (!kinds || kinds.includes(one.what.kind)) && (!wanted || one.line.toLocaleLowerCase().includes(wanted)),
    );
  }
}
