import { defineConfig } from "vite";

// One script and one style sheet, with names that do not change: the package ships them, and the offline
// page carries them inside itself, where a second file could not be loaded.
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../src/separatrix/present/page/bundle",
    emptyOutDir: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: true,
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "separatrix", fileName: () => "studio.js", cssFileName: "studio" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
});
