// The classical Runge-Kutta method with a fixed step (Kutta 1901).
import type { Field, State } from "./field.ts";

/** Returns `count` + 1 states, one after the other; a negative step goes back in time. */
export function orbit(field: Field, start: State, step: number, count: number): Float64Array {
  const n = start.length;
  const path = new Float64Array(n * (count + 1));
  const [k1, k2, k3, k4, at] = [0, 0, 0, 0, 0].map(() => new Float64Array(n)) as [State, State, State, State, State];
  path.set(start);
  for (let s = 0; s < count; s++) {
    const x = path.subarray(s * n, s * n + n);
    field(x, k1);
    for (let j = 0; j < n; j++) at[j] = x[j]! + (step / 2) * k1[j]!;
    field(at, k2);
    for (let j = 0; j < n; j++) at[j] = x[j]! + (step / 2) * k2[j]!;
    field(at, k3);
    for (let j = 0; j < n; j++) at[j] = x[j]! + step * k3[j]!;
    field(at, k4);
    for (let j = 0; j < n; j++) path[(s + 1) * n + j] = x[j]! + (step / 6) * (k1[j]! + 2 * k2[j]! + 2 * k3[j]! + k4[j]!);
  }
  return path;
}
