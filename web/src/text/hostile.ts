/**
 * Texts that were written to deceive, to break out or to break down a page. Unit tests parse them, tests in a browser
 * say them in a room and look at what becomes of it. Whoever finds another one adds it to the list.
 */
import list from "./hostile.json";

interface Written {
  name: string;
  text: string;
  /** How often the text stands there; once where it does not say. */
  times?: number;
  /** What stands before all of it. */
  before?: string;
}

export const HOSTILE = (list as Written[]).map(({ name, text, times = 1, before = "" }) => ({
  name,
  text: before + text.repeat(times),
}));
