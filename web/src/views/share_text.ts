// Shares of all starts in per cent, rounded so that they never look surer than they are, and names of outcomes.
import { say } from "../languages";

/** Errors below this are those of rounding a formula; of starts that were followed they are far above it. */
const ROUNDING = 1e-6;
/** Digits behind the point at most. */
const FINEST = 2;

/** Whether an error is that of a formula. */
export const isExact = (error: number) => error < ROUNDING;

const written = (value: number, digits: number) => String(Number(value.toFixed(digits)));

/** Digits behind the point of a per cent that give two figures of a width. */
function digitsOf(width: number): number {
  const wide = 100 * Math.max(width, 10 ** -FINEST / 100);
  return Math.min(FINEST, Math.max(0, 1 - Math.floor(Math.log10(wide))));
}

/** A share that is known exactly, in per cent; never 0 or 100 for what only rounds to it. */
export function percentExact(share: number): string {
  const text = written(100 * share, FINEST);
  const edge = 10 ** -FINEST;
  if (text === "100" && 1 - share > ROUNDING) return `> ${100 - edge} %`;
  if (text === "0" && share > ROUNDING) return `< ${edge} %`;
  return `${text} %`;
}

/** A share with its interval, in per cent, the ends rounded outwards to two figures of its width. */
export function percentBetween(share: number, low: number, high: number): string {
  const digits = digitsOf(high - low);
  const shift = 10 ** digits;
  const [floor, ceil] = [Math.floor(100 * low * shift + 1e-9) / shift, Math.ceil(100 * high * shift - 1e-9) / shift];
  return `${written(100 * share, digits)} % (${written(Math.max(0, floor), digits)}–${written(Math.min(100, ceil), digits)} %)`;
}

/** An error in per cent, rounded up to two figures. */
export function percentError(error: number): string {
  const digits = digitsOf(error);
  return `± ${written(Math.ceil(100 * error * 10 ** digits - 1e-9) / 10 ** digits, digits)} %`;
}

/** A share to as many digits as its error has. */
export function percentTo(share: number, error: number): string {
  return isExact(error) ? percentExact(share) : `${written(100 * share, digitsOf(error))} %`;
}

/** The outcome that the program calls so: an id as it stands, else a word. */
export function outcomeWord(name: string): string {
  const [, word, number] = /^(cycle|centre|separatrix|undecided)( \d+)?$/.exec(name) ?? [];
  switch (word) {
    case "cycle": return say("closed orbit or cycle") + (number ?? "");
    case "centre": return say("circling a centre");
    case "separatrix": return say("on the separatrix");
    case "undecided": return say("not settled");
    default: return name;
  }
}
