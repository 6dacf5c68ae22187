// Numbers as the documents of the program write them.
import type { CarbonUnit } from "../../cluster";

function written(value: number, places: number): string {
  const text = value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places, useGrouping: true });
  return /^-?0[.0]*$/.test(text) ? "0" : text.replace("-", "−");
}

/** Returns a number of tonnes in a unit, without its name. */
export function tell(tonnes: number | null, unit: CarbonUnit): string {
  return tonnes === null ? "–" : written(tonnes / unit.scale, unit.places);
}

/** Returns a range of tonnes, its ends rounded outwards, so that it never looks surer than it is. */
export function between(low: number | null, high: number | null, unit: CarbonUnit): string {
  if (low === null) return "–";
  const outward = (v: number, round: (x: number) => number) => {
    const shift = 10 ** unit.places;
    return written(round(Number(((v / unit.scale) * shift).toPrecision(13))) / shift, unit.places);
  };
  if (high === null) return `≥ ${outward(low, Math.floor)}`;
  if (Math.abs(high - low) <= 1e-9 * Math.max(Math.abs(low), Math.abs(high))) return tell(low, unit);
  const ends = [outward(low, Math.floor), outward(high, Math.ceil)];
  return ends[0] === ends[1] ? ends[0]! : ends.join("–");
}

/** Returns a share in per cent; never 100 % for what is less. */
export function percent(share: number | null): string {
  if (share === null) return "–";
  const whole = Math.round(100 * share);
  if (whole === 100 && share < 1) return "> 99 %";
  if (whole === 0 && share > 0) return "< 1 %";
  return `${whole} %`;
}
