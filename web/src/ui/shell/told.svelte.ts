/** What the operator tells everybody, until it is put away. Heard from the first moment on: some of it comes with the door. */
import type { Salon } from "../../model/types";
import { text } from "../../model/wire";

export interface Told {
  readonly key: number;
  /** Empty: that private words are shown to the operator. */
  readonly words: string;
}

const MOST = 3;

let heard = $state.raw<readonly Told[]>([]);
let last = 0;
let logged = false;

export const told = {
  get all(): readonly Told[] {
    return heard;
  },
  putAway(key: number): void {
    heard = heard.filter((one) => one.key !== key);
  },
};

export function hearOperator(salon: Salon): void {
  salon.hear((happening) => {
    if (happening.kind !== "sign") return;
    const { what, fields } = happening;
    // Said again at each new connection; once is enough.
    if (what === "log_private" && !logged) add("");
    logged ||= what === "log_private";
    if (what === "operator" && text(fields, "message")) add(text(fields, "message"));
  });
}

function add(words: string): void {
  heard = [...heard, { key: ++last, words }].slice(-MOST);
}
