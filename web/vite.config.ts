import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

import { papers } from "./build/papers.ts";
import { precompress } from "./build/precompress.ts";

const here = import.meta.dirname;
/** Each page is an app of its own; those that are not written yet are left out. */
const pages = ["index.html", "console.html", "window.html"]
  .map((page) => resolve(here, page))
  .filter((page) => existsSync(page));

export default defineConfig({
  root: here,
  // Everything is asked for at the root of the one server there is.
  base: "/",
  plugins: [svelte(), papers(), precompress()],
  build: {
    outDir: process.env.SALON_WEB_OUT ?? resolve(here, "../src/salon/web"),
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // What the policy forbids is not made: no inlined files, no scripts in the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: pages },
    reportCompressedSize: false,
    license: { fileName: "licenses.md" },
  },
  server: {
    // `npm run dev` beside a server started with `make run ARGS="--port 12345"`.
    proxy: Object.fromEntries(
      ["/ws", "/rooms", "/uploads", "/healthz"].map((path) => [
        path,
        { target: "http://127.0.0.1:12345", ws: path === "/ws", changeOrigin: true, rewriteWsOrigin: true },
      ]),
    ),
  },
});
