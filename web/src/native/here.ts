/** What the agent behind this window offers, for those parts of the app that show it. */
import type { AgentLine } from "./agent";
import type { AgentTransfers } from "./transfers";
import type { Hello } from "./words";

export interface Native {
  readonly agent: AgentLine;
  readonly transfers: AgentTransfers;
  readonly hello: Hello | null;
}

let native: Native | null = null;

export function setNative(offered: Native): void {
  native = offered;
}

/** Null where a page is only a page. */
export function getNative(): Native | null {
  return native;
}
