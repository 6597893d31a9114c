/** Where the pages of a document stand, one below the other, and which of them are seen. Lengths in CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Place extends Size {
  top: number;
}

export const GAP = 12;
export const ZOOMS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

/** DIN A4 in points, for a page that does not say. */
const USUAL: Size = { width: 595, height: 842 };
/** A page may call itself a strip of any length: beyond that it is drawn squeezed, and no longer. */
const STRIP = 20;
/** A picture has at most so many pixels, and so many to a side: telephones hold no more. */
const AREA = 16 * 1024 * 1024;
const SIDE = 8192;

/** The size that a page says it has, where it can be. */
export function sound({ width, height }: Size): Size {
  if (!(width > 0 && height > 0 && Number.isFinite(width) && Number.isFinite(height))) return USUAL;
  return { width, height: Math.min(Math.max(height, width / STRIP), width * STRIP) };
}

/** Each as wide as there is room, times the zoom. A page that nobody looked at yet counts as large as the first. */
export function layOut(sizes: readonly (Size | undefined)[], count: number, room: number, zoom: number): Place[] {
  const width = Math.max(1, Math.floor(room * zoom));
  const places: Place[] = [];
  let top = 0;
  for (let at = 0; at < count; at += 1) {
    const size = sizes[at] ?? sizes[0] ?? USUAL;
    const height = Math.max(1, Math.round((width * size.height) / size.width));
    places.push({ top, width, height });
    top += height + GAP;
  }
  return places;
}

/** How high all of them are. */
export function extent(places: readonly Place[]): number {
  const last = places.at(-1);
  return last ? last.top + last.height : 0;
}

/** The page that this height belongs to; the gap below a page is its own. */
export function pageAt(places: readonly Place[], height: number): number {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (places[middle]!.top <= height) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The numbers, from 0, of the pages that are seen, and of one before and behind them. */
export function inView(places: readonly Place[], top: number, height: number): number[] {
  if (places.length === 0) return [];
  const first = Math.max(0, pageAt(places, top) - 1);
  const last = Math.min(places.length - 1, pageAt(places, top + height) + 1);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** Where to scroll when the pages have other places, so that the same spot stays on top. */
export function sameSpot(before: readonly Place[], after: readonly Place[], top: number): number {
  const page = pageAt(before, top);
  const [was, is] = [before[page], after[page]];
  if (!was || !is) return top;
  return is.top + ((top - was.top) / (was.height + GAP)) * (is.height + GAP);
}

/** Pixels of a picture for each CSS pixel: those of the screen, or fewer where it would be too large. */
export function sharpness({ width, height }: Size, screen: number): number {
  return Math.min(screen, Math.sqrt(AREA / (width * height)), SIDE / width, SIDE / height);
}

/** The next zoom up (1) or down (-1); the same where there is none. */
export function nextZoom(zoom: number, way: 1 | -1): number {
  return ZOOMS[ZOOMS.indexOf(zoom) + way] ?? zoom;
}
