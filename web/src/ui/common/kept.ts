/** What this browser keeps. Where it forbids that (a private window may), settings hold as long as the page does. */
export const kept: Pick<Storage, "getItem" | "setItem" | "removeItem"> = {
  getItem: (key) => tried(() => localStorage.getItem(key)) ?? null,
  setItem: (key, value) => {
    tried(() => localStorage.setItem(key, value));
    tell(key, value);
  },
  removeItem: (key) => {
    tried(() => localStorage.removeItem(key));
    tell(key, null);
  },
};

/** Has it told what is kept from now on: for a browser that forgets everything at its end. */
export function alsoKeep(teller: (key: string, value: string | null) => void): void {
  tell = teller;
}

let tell: (key: string, value: string | null) => void = () => {};

function tried<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
