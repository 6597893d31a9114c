import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import type { Plugin, ResolvedConfig } from "vite";

const COMPRESSIBLE = /\.(css|html|js|json|map|md|svg|txt|webmanifest)$/;
/** Below that a compressed answer saves no packet. */
const WORTH_BYTES = 512;

/** Writes `.br` and `.gz` beside each file of the build, as small as they get: the server has no time for that. */
export function precompress(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "salon-precompress",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle() {
      for (const file of readdirSync(config.build.outDir, { recursive: true, encoding: "utf8" })) {
        if (COMPRESSIBLE.test(file)) compress(join(config.build.outDir, file));
      }
    },
  };
}

function compress(path: string): void {
  const bytes = readFileSync(path);
  if (bytes.length < WORTH_BYTES) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
