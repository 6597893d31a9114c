/** Tells ears what has come: each of a few messages, the number of many, and never more than one sentence at a time. */
import { t } from "../../i18n/index.svelte";
import type { Said } from "../../model/types";
import { announce } from "../common/announce.svelte";

/** What comes within this time is told together. Milliseconds. */
const GATHERED = 700;
/** More are only counted. */
const FEW = 3;
/** Of a text, so much is read out; the rest can be read in the log. */
const HEARD_CHARS = 240;

export class Announcing {
  private waiting: Said[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  tell(said: Said): void {
    this.waiting.push(said);
    this.timer ??= setTimeout(() => this.speak(), GATHERED);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private speak(): void {
    const { waiting } = this;
    this.waiting = [];
    this.timer = undefined;
    if (waiting.length > FEW) announce(t.log.came(waiting.length));
    else announce(waiting.map((said) => t.log.said(said.sender, said.text.slice(0, HEARD_CHARS))).join("\n"));
  }
}
