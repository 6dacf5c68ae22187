import { describe, expect, it } from "vitest";
import { shortKey } from "./key";
import { zh } from "./zh";

const SOURCES = import.meta.glob<string>(["../**/*.ts", "../**/*.tsx", "!../**/*.test.ts", "!../**/*.test.tsx", "!./**"], {
  query: "?raw", import: "default", eager: true,
});
const LITERAL = /"(?:[^"\\]|\\.)*"/.source;

/** Every sentence that a source says, with where: the first argument of `say`, both of them where it is a choice. */
function said(): [string, string][] {
  return Object.entries(SOURCES).flatMap(([file, text]) =>
    [...text.matchAll(new RegExp(`\\bsay\\(\\s*(?:[\\w.!?()\\s=&|]*\\?\\s*)?(${LITERAL})(?:\\s*:\\s*(${LITERAL}))?`, "g"))]
      .flatMap(([, first, second]) => [first, second].filter((s) => s !== undefined).map((s): [string, string] => [file, JSON.parse(s)])));
}

const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

describe("the languages", () => {
  it("have Chinese for every sentence that the page says", () => {
    expect(said().length).toBeGreaterThan(100);
    expect(said().filter(([, text]) => !Object.hasOwn(zh, text))).toEqual([]);
  });

  it("have Chinese for every reason that the analysis gives", () => {
    const constants = Object.entries(SOURCES).filter(([file]) => file.startsWith("../analysis/")).flatMap(([file, text]) =>
      [...text.matchAll(new RegExp(`^(?:export )?const [A-Z_]+ =\\s+(${LITERAL})`, "gm"))].map(([, told]) => [file, JSON.parse(told!) as string] as const));
    const reasons = constants.filter(([, text]) => text.includes(" "));
    expect(reasons.length).toBeGreaterThan(30);
    expect(reasons.filter(([, text]) => !Object.hasOwn(zh, text))).toEqual([]);
  });

  it("have each sentence in one table, so that no other one changes its Chinese", () => {
    const tables = Object.values(import.meta.glob<Record<string, Record<string, string>>>("./zh/*.ts", { eager: true }))
      .flatMap((module) => Object.entries(module).filter(([name]) => name !== "zh").map(([, table]) => table));
    expect(tables.length).toBeGreaterThan(5);
    const keys = tables.flatMap((table) => Object.keys(table));
    expect(keys.filter((key, k) => keys.indexOf(key) !== k)).toEqual([]);
  });

  it("fill the same holes in each language", () => {
    const different = Object.entries(zh).filter(([text, told]) => holes(text).join() !== holes(told).join());
    expect(different).toEqual([]);
  });

  it("have sentences whose short keys are all different", () => {
    const keys = Object.keys(zh).map(shortKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("have a translation that differs, and no Chinese in the keys", () => {
    expect(Object.entries(zh).filter(([text, told]) => told.trim() === "" || /[\u4e00-\u9fff]/.test(text))).toEqual([]);
  });
});
