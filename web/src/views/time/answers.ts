// What the tasks "programme" and "tip" answer: the twins of packages/separatrix/src/separatrix/studio/model_tasks.py.
import { fraction } from "../../expression/evaluate";
import type { Pulse } from "../../state/store";

export interface ProgrammeAnswer {
  answer: "found" | "already there" | "unreachable" | "not lasting";
  target: string;
  payer: string;
  margin: number;
  cheapest: string | null;
  programmes: {
    shape: "constant" | "stepped" | "free";
    cost: number;
    end: number;
    steps: { start: number; duration: number; levels: Record<string, number> }[];
    after: { arrives: boolean; time: number | null };
  }[];
  infimum: number | null;
  nearest: number | null;
  cheapest_certainty: "proven" | "nothing cheaper seen" | "best found" | null;
  told: Record<string, Record<string, string>>;
}

interface TippingLevel { value: number; exact: string | null; certain: boolean }
export interface TippingCondition {
  tipping_value: TippingLevel | null;
  attained: boolean | null;
  holds_when_idle: boolean;
  levels: { intervals: unknown[]; undecided: unknown[] };
  shortfall: string | null;
}
export interface TippingAnswer {
  target: { id: string };
  instruments: {
    instrument: string;
    idle: number;
    conditions: Record<string, TippingCondition>;
    hysteresis: { stays_when_withdrawn: boolean };
    cost_at_target: Record<string, number> | null;
  }[];
  told: Record<string, Record<string, string>>;
}

/** Digits of a date or level that is put into the schedule: its margin is a hundredth, and boxes hold fifteen. */
const DIGITS = 12;

/** The steps of a programme as pulses; steps of one level that follow each other are one. */
export function pulsesOf(
  steps: ProgrammeAnswer["programmes"][number]["steps"], standing: Record<string, string>,
): Pulse[] {
  return Object.keys(steps[0]?.levels ?? {}).flatMap((name) => {
    const own: Pulse[] = [];
    for (const { start, duration, levels } of steps) {
      const [level, from, until] = [text(levels[name] ?? 0), text(start), text(start + duration)];
      const last = own.at(-1);
      if (last?.level === level && last.until === from) last.until = until;
      else if (fraction(level) !== fraction(standing[name] ?? "0")) own.push({ instrument: name, level, from, until });
    }
    return own;
  });
}

function text(value: number): string {
  // Free of an exponent, which boxes would not show.
  return String(Number(value.toFixed(DIGITS)));
}
