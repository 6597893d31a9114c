/**
 * The sentences in the language of whoever reads: `t.rooms.title`. Components that use `t` are drawn anew when the
 * language changes. English is in the first load; the others are fetched when somebody wants them.
 */
import type { Refusal } from "../model/types";
import { en, type Catalogue } from "./en";
import { fill } from "./fill";

export type { Catalogue };

const KEY = "salon.language";

const LOADERS: Record<string, () => Promise<Catalogue>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import("./de")).de,
};

/** The tags of the languages that there are. */
export const LANGUAGES: readonly string[] = Object.keys(LOADERS);

/** How each calls itself. */
export const languageNames: Readonly<Record<string, string>> = { en: "English", de: "Deutsch" };

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

/** The language that was chosen in this browser, else the one that the browser is set to. */
export function wantedLanguage(storage: Pick<Storage, "getItem">, browser: readonly string[]): string {
  const stored = storage.getItem(KEY);
  return pickLanguage(stored ? [stored, ...browser] : browser);
}

/** Shows the app in a language, once its sentences are here. */
export async function showLanguage(wanted: string): Promise<void> {
  const loader = LOADERS[wanted];
  if (!loader) return;
  words = await loader();
  tag = wanted;
  document.documentElement.lang = wanted;
}

/** Shows the app in a language, and from now on. */
export async function chooseLanguage(wanted: string, storage: Pick<Storage, "setItem">): Promise<void> {
  storage.setItem(KEY, wanted);
  await showLanguage(wanted);
}

/** What a refusal says, in the language of the page. */
export function sentence(refusal: Refusal): string {
  const { why } = refusal.fields;
  const fields = typeof why === "string" ? { ...refusal.fields, why: words.reasons[why] ?? why } : refusal.fields;
  return fill(words.refusals[refusal.code], fields) ?? refusal.message;
}
