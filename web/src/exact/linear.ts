// Linear algebra in exact numbers, for matrices of a few rows.
import { Exact, ONE, sum, ZERO } from "./number.ts";

export type Matrix = Exact[][];

/** The reduced row echelon form, without rows of zeros, and the columns of its leading ones. */
export function reduced(matrix: Matrix): { rows: Matrix; pivots: number[] } {
  const rows = matrix.map((row) => [...row]);
  const pivots: number[] = [];
  const width = rows[0]?.length ?? 0;
  let top = 0;
  for (let column = 0; column < width && top < rows.length; column++) {
    const found = rows.findIndex((row, k) => k >= top && row[column]!.sign() !== 0);
    if (found < 0) continue;
    [rows[top], rows[found]] = [rows[found]!, rows[top]!];
    const lead = rows[top]![column]!;
    const pivot = rows[top]!.map((v) => (v.sign() ? v.over(lead) : v));
    rows[top] = pivot;
    rows.forEach((row, k) => {
      const factor = row[column]!;
      if (k !== top && factor.sign()) rows[k] = row.map((v, c) => (pivot[c]!.sign() ? v.minus(factor.times(pivot[c]!)) : v));
    });
    pivots.push(column);
    top++;
  }
  return { rows: rows.slice(0, top), pivots };
}

export function rank(matrix: Matrix): number {
  return reduced(matrix).pivots.length;
}

/** The solution x of A·x = b for a regular A; null where A is singular. */
export function solve(matrix: Matrix, right: Matrix): Matrix | null {
  const n = matrix.length;
  const { rows, pivots } = reduced(matrix.map((row, k) => [...row, ...right[k]!]));
  if (pivots.length < n || pivots[n - 1]! >= n) return null;
  return rows.map((row) => row.slice(n));
}

/** A vector that spans the kernel of a matrix, where that has dimension one. */
export function kernelVector(matrix: Matrix): Exact[] | null {
  const width = matrix[0]!.length;
  const { rows, pivots } = reduced(matrix);
  if (pivots.length !== width - 1) return null;
  const free = Array.from({ length: width }, (_, c) => c).find((c) => !pivots.includes(c))!;
  const vector = Array.from({ length: width }, () => ZERO);
  vector[free] = ONE;
  pivots.forEach((column, k) => { vector[column] = rows[k]![free]!.negative(); });
  return vector;
}

export function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, c) => dot(row, b.map((other) => other[c]!))));
}

export function dot(a: Exact[], b: Exact[]): Exact {
  return sum(a.flatMap((v, k) => (v.sign() && b[k]!.sign() ? [v.times(b[k]!)] : [])));
}

/** The coefficients of det(λ - A), constant first (Faddeev 1949, Le Verrier 1840). */
export function characteristic(matrix: Matrix): Exact[] {
  const n = matrix.length;
  const coefficients = Array.from({ length: n + 1 }, () => ZERO);
  coefficients[n] = ONE;
  let power: Matrix = matrix.map((row) => row.map(() => ZERO));
  for (let k = 1; k <= n; k++) {
    const shifted = power.map((row, i) => row.map((v, j) => (i === j ? v.plus(coefficients[n - k + 1]!) : v)));
    power = product(matrix, shifted);
    const trace = sum(power.map((row, i) => row[i]!));
    coefficients[n - k] = trace.negative().over(Exact.of(k));
  }
  return coefficients;
}
