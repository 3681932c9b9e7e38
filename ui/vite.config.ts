import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  // The window loads the files from its own scheme, the loopback server from a root: relative addresses fit both.
  base: "./",
  build: {
    outDir: "dist",
    target: "es2022",
    // Inlined assets would need `data:` in more places of the content security policy.
    assetsInlineLimit: 0,
    // The preload helper is for browsers older than the target.
    modulePreload: { polyfill: false },
    // Everything lies on this computer; one file starts faster than several.
    chunkSizeWarningLimit: 1500,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: process.env.SMAPP_BACKEND
      ? { "/api": { target: process.env.SMAPP_BACKEND, ws: true } }
      : {},
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    css: false,
    // Typing a form key by key takes a while on two busy cores.
    testTimeout: 30_000,
  },
});
