// Instruments that are raised for a time: the levels are constant between the dates at which one of them begins
// or ends.
import { fraction } from "../expression/evaluate";
import type { Pulse } from "../state/store";

/** A stretch of time on which all levels are constant; the last one never ends. */
export interface Stretch {
  from: number;
  until: number;
  /** The exact text of each instrument's level. */
  levels: Record<string, string>;
}

/** Whether a pulse can be followed: numbers, from 0 on, and over some time. */
export function canBe(pulse: Pulse): boolean {
  const [from, until, level] = [fraction(pulse.from), fraction(pulse.until), fraction(pulse.level)];
  return from >= 0 && until > from && until < Infinity && Number.isFinite(level);
}

/**
 * Returns the stretches of time from 0 on.  Outside its pulses an instrument has its standing level; where two
 * pulses of one instrument overlap, the later in the list counts.
 */
export function stretchesOf(standing: Record<string, string>, pulses: Pulse[]): Stretch[] {
  const acting = pulses.filter(canBe);
  const dates = [...new Set([0, ...acting.flatMap((p) => [fraction(p.from), fraction(p.until)])])].sort((a, b) => a - b);
  return dates.map((from, k) => {
    const levels = { ...standing };
    for (const p of acting) if (fraction(p.from) <= from && from < fraction(p.until)) levels[p.instrument] = p.level;
    return { from, until: dates[k + 1] ?? Infinity, levels };
  });
}
