// Directions along which states come to a rest point or leave it: real eigenvectors of up to three dimensions.

/** An eigenvalue with a direction of length one, in the coordinates of the matrix. */
export interface Direction { value: number; along: number[] }

/** Eigenvalues nearer to each other than this part of the largest are one. */
const SAME = 1e-7;

/** Returns a direction for each real eigenvalue that has just one; `values` are the eigenvalues of the matrix. */
export function directions(matrix: number[][], values: [number, number][]): Direction[] {
  const scale = Math.max(1e-300, ...values.map(([re, im]) => Math.hypot(re, im)));
  const reals = values.filter(([, im]) => im === 0).map(([re]) => re)
    .filter((value, k, all) => all.findIndex((other) => Math.abs(other - value) <= SAME * scale) === k);
  return reals.flatMap((value) => {
    const along = kernel(matrix.map((row, i) => row.map((entry, j) => entry - (i === j ? value : 0))), SAME * scale);
    return along ? [{ value, along }] : [];
  });
}

/** The direction that a matrix takes to zero; null where there is more than one. */
function kernel(matrix: number[][], least: number): number[] | null {
  if (matrix.length === 1) return [1];
  const [a, b, c] = matrix as [number[], number[], number[]?];
  // At right angles to the rows: in the plane to the longer one, in space to the two that span the widest area.
  const candidates = c
    ? [cross(a, b), cross(b, c), cross(a, c)]
    : [[a[1]!, -a[0]!], [b[1]!, -b[0]!]];
  const sizes = candidates.map((v) => Math.hypot(...v));
  const widest = sizes.indexOf(Math.max(...sizes));
  const size = sizes[widest]!;
  return size > (c ? least * Math.max(...matrix.flat().map(Math.abs)) : least) ? candidates[widest]!.map((v) => v / size) : null;
}

function cross(u: number[], v: number[]): number[] {
  return [0, 1, 2].map((k) => u[(k + 1) % 3]! * v[(k + 2) % 3]! - u[(k + 2) % 3]! * v[(k + 1) % 3]!);
}
