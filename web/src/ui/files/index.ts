/** Puts files into the app: a button beside the text, cards in the log, what is on its way below it. */
import { addTool } from "../compose/slots";
import { drawKind, drawTail } from "../log/kinds";
import AttachTool from "./AttachTool.svelte";
import ShelvedEntry from "./ShelvedEntry.svelte";
import Tail from "./Tail.svelte";

export function addFiles(): void {
  addTool(AttachTool);
  drawKind("shelved", ShelvedEntry);
  drawTail(Tail);
}
