// How a pulse changes when its handles are dragged: dates and levels stay short exact numbers.
import { canBe } from "../../dynamics/pulses";
import { fraction } from "../../expression/evaluate";
import type { Instrument } from "../../model";
import { stepsText } from "../../state/exact_text";
import type { Pulse } from "../../state/store";

/** What is held: the start, the strength, the end, or the whole pulse. */
export type Grip = "from" | "level" | "until" | "whole";

/** The powers of ten of a step of time and of level, and the levels that the instrument allows. */
export interface Steps { time: number; level: number; range: [number, number] | null }

/** Returns the pulse after one of its handles has been moved by an amount of time and of level. */
export function moved(pulse: Pulse, grip: Grip, time: number, rise: number, steps: Steps): Pulse {
  const least = 10 ** steps.time;
  const [from, until] = [fraction(pulse.from), fraction(pulse.until)];
  if (grip === "from") return { ...pulse, from: nearest(Math.min(Math.max(0, from + time), until - least), steps.time) };
  if (grip === "until") return { ...pulse, until: nearest(Math.max(until + time, from + least), steps.time) };
  const level = rise === 0 ? pulse.level : levelText(fraction(pulse.level) + rise, steps);
  if (grip === "level") return { ...pulse, level };
  if (time === 0) return { ...pulse, level };
  const begin = nearest(Math.max(0, from + time), steps.time);
  return { ...pulse, level, from: begin, until: nearest(fraction(begin) + until - from, steps.time) };
}

function levelText(level: number, { range, level: exponent }: Steps): string {
  return nearest(range ? Math.min(Math.max(level, range[0]), range[1]) : level, exponent);
}

function nearest(value: number, exponent: number): string {
  return stepsText(Math.round(value / 10 ** exponent), exponent);
}

/** The levels that a row shows: those allowed, or as far as pulses go where there is no range. */
export function levelRange(instrument: Instrument, pulses: Pulse[], standing: string): [number, number] {
  const own = pulses.filter((p) => p.instrument === instrument.name).map((p) => fraction(p.level));
  const all = [...own, fraction(standing), ...(instrument.range ?? []).map(fraction)].filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (instrument.range) return [low, high];
  return [Math.min(0, low), high > low ? 1.5 * high : low + 1];
}

/** Why a pulse is not followed, a key of the languages; null where it is. */
export function pulseRefused(pulse: Pulse, instruments: Instrument[]): string | null {
  const instrument = instruments.find((i) => i.name === pulse.instrument);
  if (!instrument) return "This game has no such instrument.";
  if (!canBe(pulse)) return "Its end must come after its start, and its start not before 0.";
  const level = fraction(pulse.level);
  if (instrument.range && (level < fraction(instrument.range[0]) || level > fraction(instrument.range[1]))) {
    return "The level is out of the range that the game file gives.";
  }
  return null;
}
