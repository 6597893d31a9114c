import type { Said } from "../../model/types";

/** What a message's buttons and keys do. */
export interface Acts {
  copy(said: Said): void;
  quote(said: Said): void;
  edit(said: Said): void;
  /** Ask whether it shall really be deleted. */
  ask(said: Said): void;
  remove(said: Said): void;
  /** Do not delete it after all. */
  keep(said: Said): void;
  /** Key of the message of which it is asked, or ''. */
  readonly asked: string;
}
