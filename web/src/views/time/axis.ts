// The axis of time that curves and the schedule share, in pixels, and what numbers on axes look like.

/** Room for numbers at the left of every frame, and for half a number at its right. */
export const LEFT = 56;
export const RIGHT = 16;

/** A number on an axis: 1.5, 15k, 2M. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}
