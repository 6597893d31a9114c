import type { Storage } from "../model/ports";

/** What is kept for a page that loses its browser's memory at each end: at the agent, where there is one to keep it. */
export function agentStorage(
  kept: Readonly<Record<string, string>>,
  keep: (key: string, value: string | null) => void = () => {},
): Storage {
  const values = new Map(Object.entries(kept));
  return {
    get: (key) => values.get(key) ?? null,
    set(key, value) {
      if (values.get(key) !== value) {
        values.set(key, value);
        keep(key, value);
      }
      return true;
    },
    remove(key) {
      if (values.delete(key)) keep(key, null);
    },
    keys: () => [...values.keys()],
  };
}
