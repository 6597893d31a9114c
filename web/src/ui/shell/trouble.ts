import type { SalonState } from "../../model/types";

export interface Trouble {
  trouble: "offline" | "network" | "closing" | "storage";
  /** As `Status.nextTry`. */
  nextTry: number;
}

/** What the quiet bar has to say; undefined where all is well. */
export function troubleOf({ status, storage }: SalonState): Trouble | undefined {
  switch (status.kind) {
    case "offline":
      return {
        trouble: { lost: "offline", network: "network", closing: "closing" }[status.why] as Trouble["trouble"],
        nextTry: status.nextTry,
      };
    case "connecting":
      return status.tries > 0 ? { trouble: "offline", nextTry: status.nextTry } : undefined;
    case "online":
      return storage ? { trouble: "storage", nextTry: 0 } : undefined;
    default:
      return undefined;
  }
}
