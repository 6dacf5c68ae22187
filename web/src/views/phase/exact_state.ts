// States as exact texts: what a click means is a short decimal, and the shares of a population sum to one exactly.
import type { State } from "../../dynamics/field";
import type { GameModel } from "../../model";

const DIGITS = 3;
const UNIT = 10 ** DIGITS;

/** Returns a state as decimals of three digits; shares equal to those of `base` keep its texts. */
export function exactTexts(game: GameModel, state: State, base: State, texts: string[]): string[] {
  const found: string[] = [];
  for (const population of game.populations) {
    const at = found.length;
    const own = population.shares.map((_, k) => state[at + k]!);
    if (own.every((share, k) => share === base[at + k])) {
      found.push(...texts.slice(at, at + own.length));
      continue;
    }
    const parts = own.map((share) => Math.round(share * UNIT));
    if (parts.length > 1) {
      // What rounding leaves goes to the largest, which it never makes negative.
      const largest = parts.indexOf(Math.max(...parts));
      parts[largest]! += UNIT - parts.reduce((total, part) => total + part, 0);
    }
    found.push(...parts.map(decimal));
  }
  return found;
}

function decimal(part: number): string {
  if (part % UNIT === 0) return String(part / UNIT);
  return `0.${String(part).padStart(DIGITS, "0").replace(/0+$/, "")}`;
}
