import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { shortKey } from "./src/languages/key.ts";

// One script and one style sheet, with names that do not change: the package ships them, and the offline
// page carries them inside itself, where a second file could not be loaded.
// Both carry what the libraries inside ask for: their licence.
const licence = readFileSync(new URL("LICENCES.txt", import.meta.url), "utf8");

const shortKeys: Plugin = {
  name: "short keys of sentences",
  apply: "build",
  enforce: "pre",
  transform: {
    filter: { id: /\/languages\/zh\/(?!index)\w+\.ts$/ },
    handler: (code) => code.replace(/^ *("(?:[^"\\]|\\.)*"):/gm, (_, text: string) => `"${shortKey(JSON.parse(text))}":`),
  },
};

// The package ships both packed, as browsers take them; the offline file unpacks them.
const packed: Plugin = {
  name: "packed files",
  apply: "build",
  writeBundle: ({ dir = "" }, files) => {
    for (const name of Object.keys(files)) {
      writeFileSync(join(dir, `${name}.gz`), gzipSync(readFileSync(join(dir, name)), { level: 9 }));
      rmSync(join(dir, name));
    }
  },
};

export default defineConfig({
  plugins: [shortKeys, packed],
  oxc: { jsx: { runtime: "classic", pragma: "__h", pragmaFrag: "__F" }, jsxInject: `import { h as __h, Fragment as __F } from "preact";` },
  build: {
    outDir: "../packages/separatrix/src/separatrix/studio/bundle",
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
