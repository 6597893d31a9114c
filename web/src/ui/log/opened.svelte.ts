/** Which long messages somebody has unfolded: kept when the row scrolls away, so that it comes back as it was. */
import { SvelteSet } from "svelte/reactivity";

const opened = new SvelteSet<string>();

export function isOpen(id: string): boolean {
  return opened.has(id);
}

export function setOpen(id: string, open: boolean): void {
  if (open) opened.add(id);
  else opened.delete(id);
}
