/** Light, dark, or as the system says: kept in this browser, shown by an attribute of the page. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "salon.theme";

/** The theme that was chosen here; `auto` where none was, or where the browser keeps nothing. */
export function storedTheme(storage: Pick<Storage, "getItem">): Theme {
  const stored = storage.getItem(KEY);
  return THEMES.find((theme) => theme === stored) ?? "auto";
}

export function showTheme(theme: Theme, root: HTMLElement = document.documentElement): void {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

export function chooseTheme(
  theme: Theme,
  storage: Pick<Storage, "setItem" | "removeItem">,
  root: HTMLElement = document.documentElement,
): void {
  if (theme === "auto") storage.removeItem(KEY);
  else storage.setItem(KEY, theme);
  showTheme(theme, root);
}
