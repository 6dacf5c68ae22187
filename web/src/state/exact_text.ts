// Numbers as people write them, exactly: "1/3", "0.3", "1e-3"; Chinese digits of full width too.

/** Digits beyond which floating point would not hold a whole number exactly. */
const DIGITS = 15;

/** Returns the number as a short exact text, or null where the text is none. */
export function exactText(text: string): string | null {
  const plain = text.normalize("NFKC").replace(/[−–]/g, "-").replace(/\s+/g, "");
  const ratio = /^([+-]?)(\d+)[/÷](\d+)$/.exec(plain);
  if (ratio) {
    const [, sign, above, below] = ratio as unknown as [string, string, string, string];
    if (above.length > DIGITS || below.length > DIGITS || /^0+$/.test(below)) return null;
    return `${sign === "-" ? "-" : ""}${above.replace(/^0+(?=\d)/, "")}/${below.replace(/^0+/, "")}`;
  }
  const decimal = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,2}))?$/.exec(plain);
  if (!decimal) return null;
  const [, sign, whole, part, power] = decimal as unknown as [string, string, string, string, string | undefined];
  if (whole + part === "" || (whole + part).replace(/^0+/, "").length > DIGITS) return null;
  return shifted(sign === "-", whole, part, Number(power ?? 0));
}

/** The digits with the point moved to the right by `power`; no exponent, no idle zeros. */
function shifted(negative: boolean, whole: string, part: string, power: number): string | null {
  const digits = whole + part;
  const point = whole.length + power;
  const filled = point > digits.length ? digits.padEnd(point, "0") : point < 0 ? "0".repeat(-point) + digits : digits;
  const at = Math.max(point, 0);
  const left = filled.slice(0, at).replace(/^0+/, "") || "0";
  const right = filled.slice(at).replace(/0+$/, "");
  if (left.length > DIGITS || right.length > 30) return null;
  const result = right ? `${left}.${right}` : left;
  return negative && result !== "0" ? `-${result}` : result;
}

/** The exact text of `count` steps of ten to the power of `exponent`. */
export function stepsText(count: number, exponent: number): string {
  return exactText(`${count}e${exponent}`) ?? "0";
}

/** Nearly the same number for people, with so many significant digits. */
export function shortNumber(value: number, digits = 4): string {
  return String(Number(value.toPrecision(digits)));
}
