/** Where the keyboard goes when the screen changes, and from part to part of it. */

/** Fingers open a keyboard on the screen by focusing a field: nobody asked for that who only changed rooms. */
const finger = matchMedia("(pointer: coarse)");

/** The field in which one writes; null where there is none. */
export function writingField(): HTMLElement | null {
  return document.querySelector<HTMLElement>("#writing textarea, #writing [contenteditable]");
}

/** A room has opened: to writing, or on a phone to its name. */
export function focusRoom(): void {
  const field = finger.matches ? null : writingField();
  (field ?? document.getElementById("room-title"))?.focus();
}

/** To what was said. */
export function focusMessages(): void {
  focusFirst("#messages");
}

const PARTS = ["#rooms", "#messages", "#writing", "#panel"];

/** From the part of the page that has the focus to the next one, and around. */
export function focusNextPart(): void {
  const parts = PARTS.filter((part) => document.querySelector(part));
  const at = parts.findIndex((part) => document.activeElement?.closest(part));
  focusFirst(parts[(at + 1) % parts.length] ?? "body");
}

const FOCUSABLE = '[tabindex="0"], textarea, input, select, button:not(:disabled), a[href]';

function focusFirst(part: string): void {
  const place = document.querySelector<HTMLElement>(part);
  if (!place) return;
  const field = part === "#writing" ? writingField() : null;
  const chosen = field ?? place.querySelector<HTMLElement>('[aria-current][tabindex="0"]');
  const first = chosen ?? [...place.querySelectorAll<HTMLElement>(FOCUSABLE)].find((one) => one.tabIndex === 0);
  if (!first) place.tabIndex = -1;
  (first ?? place).focus();
}
