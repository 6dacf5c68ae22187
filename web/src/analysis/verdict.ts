// What is said of a rest state, and the label that eigenvalues alone decide: the twin of
// packages/separatrix/src/separatrix/analysis/stability/verdict.py.

export type Label = "asymptotically stable" | "centre" | "stable" | "saddle" | "source" | "unstable" | "undecided";
/** How many eigenvalues have negative, zero and positive real part. */
export type Signs = [number, number, number];

/** A label, and why: a key of the languages.  A label of null is open: the server answers. */
export interface Verdict {
  label: Label | null;
  why: string;
}

const HYPERBOLIC = "every eigenvalue has negative real part";
const SADDLE = "eigenvalues with real parts of both signs";
const SOURCE = "every eigenvalue has positive real part";
const GROWING = "an eigenvalue with positive real part";
export const ALL_REST = "every state is at rest";
export const NORMALLY_HYPERBOLIC = "rest states fill every direction with eigenvalue zero, and the others contract";
export const OPEN = "eigenvalues alone do not decide here, and the page has no other proof";

/** The verdict where eigenvalues decide, else null. */
export function byEigenvalues([negative, zero, positive]: Signs): Verdict | null {
  if (positive && negative) return { label: "saddle", why: SADDLE };
  if (positive) return zero ? { label: "unstable", why: GROWING } : { label: "source", why: SOURCE };
  return zero ? null : { label: "asymptotically stable", why: HYPERBOLIC };
}
