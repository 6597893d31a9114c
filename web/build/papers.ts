import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import type { Plugin } from "vite";

/**
 * What some PDF documents need besides: letters of Chinese, Japanese and Korean, the fonts that documents need not bring
 * along, and how two kinds of pictures are unpacked without WebAssembly. Everything has a licence beside it.
 */
const WANTED: Record<string, RegExp> = {
  cmaps: /\.bcmap$|^LICENSE/,
  standard_fonts: /\.(pfb|ttf)$|^LICENSE/,
  wasm: /_nowasm_fallback\.js$|^LICENSE_(PDFJS_)?(JBIG2|OPENJPEG)$/,
};

/** Puts these under `assets/`, in a folder that is named by the version: browsers may keep it. */
export function papers(): Plugin {
  const manifest = createRequire(import.meta.url).resolve("pdfjs-dist/package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return {
    name: "salon-papers",
    apply: "build",
    generateBundle() {
      for (const [folder, names] of Object.entries(WANTED)) {
        const from = join(dirname(manifest), folder);
        for (const name of readdirSync(from)) {
          if (!names.test(name)) continue;
          const fileName = `assets/pdf-${version}/${folder}/${name}`;
          this.emitFile({ type: "asset", fileName, source: readFileSync(join(from, name)) });
        }
      }
    },
  };
}
