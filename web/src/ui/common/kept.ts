/** What this browser keeps. Where it forbids that (a private window may), settings hold as long as the page does. */
export const kept: Pick<Storage, "getItem" | "setItem" | "removeItem"> = {
  getItem: (key) => tried(() => localStorage.getItem(key)) ?? null,
  setItem: (key, value) => void tried(() => localStorage.setItem(key, value)),
  removeItem: (key) => void tried(() => localStorage.removeItem(key)),
};

function tried<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
