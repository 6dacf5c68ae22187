// Exact numbers as people read them: decimals where these end soon, else fractions, else the first digits.
import { Exact } from "../exact/number.ts";

/** Digits up to which a number is written in full. */
const MOST_DIGITS = 7;

/** Returns "0.35", "2/3", "(1 + √5)/4", or "0.1234…" where the exact number is too long to be read. */
export function numberText(value: Exact): string {
  if (!value.rational) return value.text.replace("-", "−");
  const sign = value.p < 0n ? "−" : "";
  const above = (value.p < 0n ? -value.p : value.p).toString();
  const decimal = endingDecimal(above, value.r);
  if (decimal !== null) return sign + decimal;
  if (above.length <= MOST_DIGITS && value.r.toString().length <= MOST_DIGITS) return `${sign}${above}/${value.r}`;
  return `${sign}${beginning(BigInt(above), value.r)}…`;
}

/** The first digits of a fraction, never rounded up: what stands there is the beginning of it. */
function beginning(above: bigint, below: bigint): string {
  const order = above.toString().length - below.toString().length;
  if (order < -4 || order > MOST_DIGITS) {
    const scaled = order > 0 ? above / (below * 10n ** BigInt(order - 4)) : (above * 10n ** BigInt(4 - order)) / below;
    const digits = scaled.toString();
    return `${digits[0]}.${digits.slice(1, 4)}e${String(order + digits.length - 5).replace("-", "−")}`;
  }
  const places = Math.max(1, 5 - Math.max(0, order));
  const digits = ((above * 10n ** BigInt(places)) / below).toString().padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The decimal of a fraction that ends within a few digits; null where it does not. */
function endingDecimal(above: string, below: bigint): string | null {
  let [rest, places] = [below, 0];
  while (rest % 10n === 0n) [rest, places] = [rest / 10n, places + 1];
  let factor = 1n;
  while (rest % 2n === 0n) [rest, factor, places] = [rest / 2n, factor * 5n, places + 1];
  while (rest % 5n === 0n) [rest, factor, places] = [rest / 5n, factor * 2n, places + 1];
  if (rest !== 1n || places > MOST_DIGITS - 1) return null;
  const digits = (BigInt(above) * factor).toString();
  if (digits.length > MOST_DIGITS + 3) return null;
  if (!places) return digits;
  const full = digits.padStart(places + 1, "0");
  return `${full.slice(0, -places)}.${full.slice(-places)}`;
}

/** A float to four significant digits, with a sign that text breaks nowhere. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(3) : String(Number(value.toPrecision(4)));
  return text.replaceAll("-", "−");
}
