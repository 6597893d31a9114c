/** Bytes, rates and times as people read them, in their language. The units are those of the terminal's faces. */
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `512 B`, `4.1 MiB`. */
export function sizeText(bytes: number, language: string): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  const number = size.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${number}\u00a0${UNITS[unit]}`;
}

/** `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function timeText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}\u00a0s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`;
  return `${Math.floor(whole / 3600)}\u00a0h ${Math.floor((whole % 3600) / 60)}\u00a0min`;
}

/** How much of it is there; never 100 before all is. */
export function percent(offset: number, size: number): number {
  return size > 0 ? Math.floor((100 * Math.min(offset, size)) / size) : 100;
}
