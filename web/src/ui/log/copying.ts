import { t } from "../../i18n/index.svelte";
import { announce } from "../common/announce.svelte";

/**
 * Copies a text, and says so. Browsers give pages the clipboard only over HTTPS or on the own machine; elsewhere a
 * field that nobody sees and the older command do.
 */
export async function copy(text: string): Promise<boolean> {
  const done = await written(text);
  announce(done ? t.log.copied : t.log.copyFailed);
  return done;
}

async function written(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return selected(text);
  }
}

function selected(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
