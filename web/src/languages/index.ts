// What the page says, in each of its languages; the English text is the key.
import { language } from "../state/store";
import { shortKey } from "./key";
import { zh } from "./zh";

/** The languages, each by its own name. */
export const LANGUAGES: Record<string, string> = { en: "English", zh: "中文" };
const TABLES: Record<string, Record<string, string>> = { zh };

/** Returns a sentence in the language of the page, with its {holes} filled. */
export function say(text: string, holes: Record<string, string | number> = {}): string {
  const told = TABLES[language.value]?.[import.meta.env.PROD ? shortKey(text) : text] ?? text;
  return told.replace(/\{(\w+)\}/g, (whole, name: string) => String(holes[name] ?? whole));
}
