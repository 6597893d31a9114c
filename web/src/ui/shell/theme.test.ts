import { expect, test } from "vitest";

import { chooseTheme, showTheme, storedTheme } from "./theme";

function memory(start: Record<string, string> = {}) {
  const kept = new Map(Object.entries(start));
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

/** As much of a page as a theme is shown by. */
const page = (): HTMLElement => ({ dataset: {} }) as HTMLElement;

test("a chosen theme is shown and kept, and the system's again when it is", () => {
  const storage = memory();
  const root = page();
  chooseTheme("dark", storage, root);
  expect([storedTheme(storage), root.dataset.theme]).toEqual(["dark", "dark"]);
  chooseTheme("auto", storage, root);
  expect([storedTheme(storage), root.dataset.theme]).toEqual(["auto", undefined]);
});

test("what somebody else wrote there is no theme", () => {
  const storage = memory({ "salon.theme": "plaid" });
  expect(storedTheme(storage)).toBe("auto");
});

test("a page that was dark is light again", () => {
  const root = page();
  showTheme("dark", root);
  showTheme("light", root);
  expect(root.dataset.theme).toBe("light");
});
