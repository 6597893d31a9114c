/** Days and times as the reader's language writes them. Makers of dates are dear: each is made once. */
import { languageTag, t } from "../../i18n/index.svelte";

/** The language of the page as it is written where the reader is; English of no country as in Europe. */
function locale(): string {
  const tag = languageTag();
  const own = navigator.languages.find((one) => one.startsWith(`${tag}-`));
  return own ?? (tag === "en" ? "en-GB" : tag);
}

const makers = new Map<string, Intl.DateTimeFormat>();

function written(time: number, name: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale()} ${name}`;
  let maker = makers.get(key);
  if (maker === undefined) makers.set(key, (maker = new Intl.DateTimeFormat(locale(), options)));
  return maker.format(time);
}

/** 10:02 */
export function clock(time: number): string {
  return written(time, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Friday, 20 November 2026 at 10:02:33: for whoever wants to know exactly. */
export function exactly(time: number): string {
  return written(time, "exactly", { dateStyle: "full", timeStyle: "medium" });
}

/** Today, Yesterday, Friday 20 November, and the year where it is another one. */
export function dayName(time: number, now: number): string {
  const then = new Date(time);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return t.log.today;
  today.setDate(today.getDate() - 1);
  if (then.toDateString() === today.toDateString()) return t.log.yesterday;
  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  if (then.getFullYear() === new Date(now).getFullYear()) return written(time, "day", options);
  return written(time, "day and year", { ...options, year: "numeric" });
}

/** A name within a sentence, kept from turning the direction of the words around it. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
