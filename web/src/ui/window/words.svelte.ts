/** The sentences of the app's window, in the language of the page. */
import { w as de } from "../../i18n/de-window";
import { w as en, type WindowWords } from "../../i18n/en-window";
import { languageTag } from "../../i18n/index.svelte";

export function windowWords(): WindowWords {
  return languageTag() === "de" ? de : en;
}
