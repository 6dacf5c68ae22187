// Round numbers at the axes of pictures.

/** The least round step of about this width. */
function roundStep(width: number, kinds: number[]): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return power * (kinds.find((kind) => kind * power >= width * 0.999) ?? 10);
}

/** Multiples of a step, without the digits that multiplying leaves behind. */
function multiples(step: number, first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** Round numbers between two ends, at most about `most` of them. */
export function ticksWithin([least, greatest]: [number, number], most: number): number[] {
  if (!(greatest > least)) return [least];
  const step = roundStep((greatest - least) / most, [1, 2, 5]);
  return multiples(step, Math.ceil(least / step - 1e-9), Math.floor(greatest / step + 1e-9));
}

/** Round numbers from below `low` to above `high`, about `count` of them; one where there is nothing between. */
export function ticksOver(low: number, high: number, count = 5): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low || 0];
  const step = roundStep((high - low) / count, [1, 2, 2.5, 5]);
  return multiples(step, Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9));
}
