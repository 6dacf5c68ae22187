// Exact copositivity of a quadratic form on R^p × R^q with q coordinates not negative: the twin of
// packages/separatrix/src/separatrix/exact/copositive.py, which gives the argument, without witnesses.
import { ONE, type Exact } from "./number.ts";
import { kernelVector, type Matrix, solve } from "./linear.ts";

/** Positive everywhere but at zero, at least not negative, or neither. */
type Copositivity = "strict" | "weak" | "no";

/** The sign of x·A·x where all but the first `free` entries of x are at least zero; A is symmetric. */
export function copositivity(matrix: Matrix, free: number): Copositivity {
  let form = matrix;
  let left = free;
  let flat = false;
  while (left > 0) {
    const pivot = Array.from({ length: left }, (_, i) => i).find((i) => form[i]![i]!.sign() !== 0);
    if (pivot === undefined) {
      // The form vanishes on every free axis: a slope beside one makes it negative.
      if (form.some((row, i) => row.some((v, j) => (i < left || j < left) && v.sign() !== 0))) return "no";
      flat = true;
      break;
    }
    if (form[pivot]![pivot]!.sign() < 0) return "no";
    form = without(form, pivot);
    left--;
  }
  const rest = form.slice(left).map((row) => row.slice(left));
  const found = onOrthant(rest);
  return found === "strict" && flat ? "weak" : found;
}

/** The form where one coordinate takes the value that minimises it. */
function without(form: Matrix, pivot: number): Matrix {
  const row = form[pivot]!;
  const kept = form.map((_, k) => k).filter((k) => k !== pivot);
  return kept.map((i) => kept.map((j) =>
    row[i]!.sign() && row[j]!.sign() ? form[i]![j]!.minus(row[i]!.times(row[j]!).over(row[pivot]!)) : form[i]![j]!));
}

function onOrthant(form: Matrix): Copositivity {
  let weak = false;
  for (let bits = 1; bits < 2 ** form.length; bits++) {
    const part = form.map((_, k) => k).filter((k) => bits & (1 << k));
    const matrix = part.map((i) => part.map((j) => form[i]![j]!));
    const solved = solve(matrix, part.map(() => [ONE.negative()]));
    if (solved) {
      if (solved.every(([y]) => y!.sign() > 0)) return "no";
      continue;
    }
    const kernel = kernelVector(matrix);
    if (kernel && oneSign(kernel)) weak = true;
  }
  return weak ? "weak" : "strict";
}

function oneSign(vector: Exact[]): boolean {
  return vector.every((v) => v.sign() > 0) || vector.every((v) => v.sign() < 0);
}
