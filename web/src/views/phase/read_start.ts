// An exact start as somebody types it: "1/3, 0.25", one number a share; the last of a population may be left out.
import type { GameModel } from "../../model";

/** A decimal or a fraction of whole numbers. */
const NUMBER = /^(\d{1,15}(\.\d{0,15})?|\.\d{1,15})$|^\d{1,15}\/\d{1,15}$/;

/** Returns the exact shares, or the English sentence that says what is wrong. */
export function readStart(game: GameModel, text: string): string[] | string {
  const parts = text.split(/[,，;\s]+/).filter((part) => part !== "");
  const whole = game.populations.reduce((count, p) => count + p.shares.length, 0);
  const free = game.populations.reduce((count, p) => count + p.strategies.length - 1, 0);
  if (parts.length !== whole && parts.length !== free) return "Give one number for each share.";
  if (!parts.every((part) => NUMBER.test(part))) return "A share is a number such as 0.25 or 1/3.";
  const ratios = parts.map(ratio);
  if (ratios.some(([, below]) => below === 0n)) return "A share is a number such as 0.25 or 1/3.";
  const state: string[] = [];
  let at = 0;
  for (const population of game.populations) {
    const size = population.strategies.length;
    const told = parts.length === whole ? population.shares.length : size - 1;
    const own = ratios.slice(at, at + told);
    const texts = parts.slice(at, at + told);
    at += told;
    const [above, below] = own.reduce(([a, b], [c, d]) => [a * d + c * b, b * d] as Ratio, [0n, 1n] as Ratio);
    if (above > below) return "Shares of a population are not more than 1 together.";
    if (size > 2 && told === size && above !== below) return "Shares of a population sum to 1.";
    state.push(...texts);
    if (size > 2 && told < size) state.push(shortened([below - above, below]));
  }
  return state;
}

type Ratio = [bigint, bigint];

function ratio(text: string): Ratio {
  if (text.includes("/")) {
    const [above, below] = text.split("/");
    return [BigInt(above!), BigInt(below!)];
  }
  const [whole, digits = ""] = text.split(".");
  return [BigInt(`${whole}${digits}` || "0"), 10n ** BigInt(digits.length)];
}

function shortened([above, below]: Ratio): string {
  let [a, b] = [above, below];
  while (b > 0n) [a, b] = [b, a % b];
  return below / a === 1n ? String(above / a) : `${above / a}/${below / a}`;
}
