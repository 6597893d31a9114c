import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    // A test that logs has something to hide or to mend.
    onConsoleLog: (log) => {
      throw new Error(`a test logged: ${log}`);
    },
  },
});
