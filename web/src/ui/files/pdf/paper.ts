/**
 * A PDF document as pages that can be drawn. The only file that knows the library, which is fetched when somebody looks.
 *
 * Nothing in a document runs: what would run its scripts is not built in, its forms and links are drawn and nothing more,
 * and no part of it is compiled, neither to JavaScript nor to WebAssembly. The page's policy would forbid it besides.
 */
import {
  AnnotationMode,
  getDocument,
  PDFDataRangeTransport,
  PDFWorker,
  TextLayer,
  VerbosityLevel,
  version,
  type PDFDocumentProxy,
  type PDFPageProxy,
} from "pdfjs-dist/legacy/build/pdf.mjs";

import { PDF, startWorker } from "../../../files/workers";
import { sharpness, sound, type Size } from "./layout";
import { piece } from "./trouble";

/** Pictures in a document may claim any size: those with more pixels are left out. */
const PICTURE_PIXELS = 64 * 1024 * 1024;
const HELP = import.meta.env.DEV ? "/node_modules/pdfjs-dist/" : `/assets/pdf-${version}/`;

/** Asks for the pieces that are needed, and for no others. */
class Pieces extends PDFDataRangeTransport {
  readonly #address: string;
  readonly #signal: AbortSignal;
  readonly #fail: (mistake: unknown) => void;

  constructor(address: string, size: number, signal: AbortSignal, fail: (mistake: unknown) => void) {
    super(size, null);
    this.#address = address;
    this.#signal = signal;
    this.#fail = fail;
  }

  override requestDataRange(begin: number, end: number): void {
    piece(this.#address, begin, end, this.#signal).then(
      (bytes) => this.#signal.aborted || this.onDataRange(begin, bytes),
      (mistake: unknown) => this.#signal.aborted || this.#fail(mistake),
    );
  }
}

export class Paper {
  readonly #document: PDFDocumentProxy;

  constructor(document: PDFDocumentProxy) {
    this.#document = document;
  }

  get count(): number {
    return this.#document.numPages;
  }

  /** How large a page is, from 0, in points. */
  async size(at: number): Promise<Size> {
    return sound((await this.#document.getPage(at + 1)).getViewport({ scale: 1 }));
  }

  /** Draws a page into a frame, as wide as that, with its letters over it to be selected; until the signal says no. */
  async draw(at: number, frame: HTMLElement, size: Size, signal: AbortSignal): Promise<void> {
    const page = await this.#document.getPage(at + 1);
    if (signal.aborted) return;
    await picture(page, frame, size, signal);
    if (!signal.aborted) await letters(page, frame, size.width, signal);
  }

  /** Lets go of what was kept for drawing a page. */
  async forget(at: number): Promise<void> {
    (await this.#document.getPage(at + 1)).cleanup();
  }
}

async function picture(page: PDFPageProxy, frame: HTMLElement, size: Size, signal: AbortSignal): Promise<void> {
  const wide = page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale: (size.width / wide) * sharpness(size, devicePixelRatio) });
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(viewport.width));
  canvas.height = Math.max(1, Math.floor(size.height * (canvas.width / size.width)));
  canvas.setAttribute("aria-hidden", "true"); // the letters over it say what it says
  const drawing = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE });
  signal.addEventListener("abort", () => drawing.cancel(), { once: true });
  await drawing.promise;
  if (signal.aborted) release(canvas);
  else clear(frame).append(canvas);
}

async function letters(page: PDFPageProxy, frame: HTMLElement, width: number, signal: AbortSignal): Promise<void> {
  const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
  const container = document.createElement("div");
  container.className = "textLayer";
  container.style.setProperty("--total-scale-factor", String(viewport.scale));
  const layer = new TextLayer({ textContentSource: page.streamTextContent(), container, viewport });
  signal.addEventListener("abort", () => layer.cancel(), { once: true });
  await layer.render();
  if (!signal.aborted) frame.append(container);
}

/** Empties a frame. Browsers let go of a picture's memory at once where it has no size any more. */
export function clear(frame: HTMLElement): HTMLElement {
  for (const canvas of frame.querySelectorAll("canvas")) release(canvas);
  frame.replaceChildren();
  return frame;
}

function release(canvas: HTMLCanvasElement): void {
  canvas.width = canvas.height = 0;
}

/**
 * Opens a document, of which no more is fetched than is looked at. When the signal says no, all that was used for it goes.
 * `fail` is called where later pieces do not come.
 * @throws what `troubleOf` tells apart
 */
export async function openPaper(
  address: string,
  size: number,
  signal: AbortSignal,
  fail: (mistake: unknown) => void,
): Promise<Paper> {
  const script = startWorker(PDF);
  const worker = PDFWorker.create({ port: script, verbosity: VerbosityLevel.ERRORS });
  const lost = Promise.withResolvers<never>();
  const miss = (mistake: unknown) => (lost.reject(mistake), fail(mistake));
  lost.promise.catch(() => {}); // it may come when nobody waits for the beginning any more
  script.onerror = () => miss(new Error("the reader does not run in this browser"));
  const task = getDocument({
    worker,
    range: new Pieces(address, size, signal, miss),
    verbosity: VerbosityLevel.ERRORS,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,
    useWasm: false,
    // The device's own fonts would be tried first, by styles that the policy forbids; ours are the same everywhere.
    useSystemFonts: false,
    maxImageSize: PICTURE_PIXELS,
    cMapUrl: `${HELP}cmaps/`,
    standardFontDataUrl: `${HELP}standard_fonts/`,
    wasmUrl: `${HELP}wasm/`,
  });
  signal.addEventListener("abort", () => void close(), { once: true });
  if (signal.aborted) void close();

  async function close(): Promise<void> {
    lost.reject(new Error("closed"));
    // It waits for what is drawn just then; a worker that is held up by its document is ended all the same.
    script.terminate();
    worker.destroy();
    await task.destroy().catch(() => {});
  }
  return new Paper(await Promise.race([task.promise, lost.promise]));
}
