/** How a line of the log looks: what is unusual has a colour and a mark, what everybody does has neither. */
export type Tone = "" | "quiet" | "warning" | "bad" | "own";

const TONES: Record<string, Tone> = {
  connected: "quiet",
  left: "quiet",
  joined: "quiet",
  parted: "quiet",
  stopped: "warning",
  given_up: "warning",
  missed: "warning",
  note: "warning",
  refused: "bad",
  operator: "own",
  sent_out: "own",
};
const MARKS: Record<string, string> = {
  connected: "→",
  left: "←",
  joined: "→",
  parted: "←",
  wants: "↓",
  downloaded: "↓",
  halted: "‖",
  proceeding: "↓",
  stopped: "!",
  sending: "↑",
  given_up: "!",
  missed: "…",
  note: "!",
  refused: "×",
  operator: "◆",
  sent_out: "◆",
  changed: "·",
};

export function toneOf(kind: string): Tone {
  return TONES[kind] ?? "";
}

export function markOf(kind: string): string {
  return MARKS[kind] ?? "";
}
