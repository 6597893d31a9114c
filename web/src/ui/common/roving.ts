/**
 * A list is one stop of the Tab key; within it the arrows, Home and End move, as people know it from lists.
 *
 * Everything inside that is marked `data-roving` takes part, in the order of the page. What has the focus keeps the
 * stop; else what is marked `data-roving="chosen"`, else the first.
 */
import type { Attachment } from "svelte/attachments";

/** Where a key leads to from `at` in a list of `length`; undefined where the key is not one of ours. */
export function step(key: string, at: number, length: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, length - 1);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return undefined;
  }
}

export const roving: Attachment<HTMLElement> = (list) => {
  const stops = () => [...list.querySelectorAll<HTMLElement>("[data-roving]")];

  function settle(wanted?: HTMLElement) {
    const all = stops();
    const focused = all.find((one) => one === document.activeElement);
    const stop = wanted ?? focused ?? all.find((one) => one.dataset.roving === "chosen") ?? all[0];
    for (const one of all) one.tabIndex = one === stop ? 0 : -1;
  }

  function press(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const all = stops();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? undefined : step(event.key, at, all.length);
    if (next === undefined) return;
    event.preventDefault();
    all[next]!.focus();
  }

  function enter(event: FocusEvent) {
    const stop = (event.target as HTMLElement).closest<HTMLElement>("[data-roving]");
    if (stop) settle(stop);
  }

  const watcher = new MutationObserver(() => settle());
  watcher.observe(list, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-roving"] });
  list.addEventListener("keydown", press);
  list.addEventListener("focusin", enter);
  settle();

  return () => {
    watcher.disconnect();
    list.removeEventListener("keydown", press);
    list.removeEventListener("focusin", enter);
  };
};
