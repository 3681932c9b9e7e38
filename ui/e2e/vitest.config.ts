/** Browser tests: one file after the other, because each starts a browser and most start the program. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    fileParallelism: false,
    // Filling and checking two small units takes seconds, a key derivation per unlock about one; a busy computer gets room.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
