/**
 * The sentences in the language of whoever reads: `t.rooms.title`. Components that use `t` are drawn anew when the
 * language changes. English is in the first load; the others are fetched when somebody wants them.
 */
import { en, type Catalogue } from "./en";

export type { Catalogue };

const LOADERS: Record<string, () => Promise<Catalogue>> = {
  en: () => Promise.resolve(en),
};

/** The tags of the languages that there are. */
export const LANGUAGES: readonly string[] = Object.keys(LOADERS);

let words = $state.raw<Catalogue>(en);
let tag = $state.raw("en");

export const t: Catalogue = new Proxy({} as Catalogue, {
  get: (_target, key) => words[key as keyof Catalogue],
});

/** The tag of the language that is shown, for dates and numbers. */
export function languageTag(): string {
  return tag;
}

/** The first of the wanted languages that there is; English where there is none of them. */
export function pickLanguage(wanted: readonly string[]): string {
  for (const one of wanted) {
    const base = one.toLowerCase().split("-")[0]!;
    if (LANGUAGES.includes(base)) return base;
  }
  return "en";
}

/** Shows the app in another language, once its sentences are here. */
export async function useLanguage(wanted: string): Promise<void> {
  const loader = LOADERS[wanted];
  if (!loader) return;
  words = await loader();
  tag = wanted;
  document.documentElement.lang = wanted;
}
