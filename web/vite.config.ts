import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

// One script and one style sheet, with names that do not change: the package ships them, and the offline
// page carries them inside itself, where a second file could not be loaded.
// Both carry what the libraries inside ask for: their licence.
const licence = readFileSync(new URL("LICENCES.txt", import.meta.url), "utf8");

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../src/separatrix/present/page/bundle",
    emptyOutDir: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: true,
    rolldownOptions: { output: { postBanner: `/*!\n${licence}*/` } },
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "separatrix", fileName: () => "studio.js", cssFileName: "studio" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
});
