// The schedule: one row for each instrument that is raised for a time, its pulses as blocks over the axis of
// time of the curves.  A block is moved as a whole, and by handles for its start, its strength and its end;
// keys do the same, and boxes take exact numbers.
import { useEffect, useRef, useState } from "preact/hooks";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import type { GameModel, Instrument } from "../../model";
import { NumberBox } from "../../panels/number_box";
import { stepExponent } from "../../panels/slider";
import { exactText, stepsText } from "../../state/exact_text";
import { heldHorizon, horizon } from "../../state/paths";
import { change, gestureEnds, levels, view, type Pulse } from "../../state/store";
import { LEFT, RIGHT, short } from "./axis";
import { levelRange, moved, pulseRefused, type Grip, type Steps } from "./pulse_moves";

const ROW = 84;
const TOP = 12;
const BODY = ROW - TOP - 6;

export function Schedule({ game }: { game: GameModel }) {
  const [width, setWidth] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  const { pulses } = view.value;
  const rows = game.instruments.filter((i) => pulses.some((p) => p.instrument === i.name));
  useEffect(() => {
    const host = place.current;
    if (!host) return;
    const watcher = new ResizeObserver(() => setWidth(host.clientWidth));
    watcher.observe(host);
    return () => watcher.disconnect();
  }, []);
  return (
    <div class="schedule" ref={place}>
      {width > 0 && rows.map((instrument) => (
        <figure key={instrument.name} class="schedule-row">
          <figcaption><b>{instrument.name}</b> {instrument.unit && `(${instrument.unit})`} <span class="meaning">{instrument.meaning}</span></figcaption>
          <Row instrument={instrument} width={width} />
        </figure>
      ))}
    </div>
  );
}

function Row({ instrument, width }: { instrument: Instrument; width: number }) {
  const { pulses } = view.value;
  const [low, high] = levelRange(instrument, pulses, levels.value[instrument.name] ?? instrument.idle);
  const across = Math.max(1, width - LEFT - RIGHT);
  const until = horizon.value;
  const toX = (time: number) => LEFT + (time / until) * across;
  const toY = (level: number) => TOP + BODY * (1 - (level - low) / (high - low));
  const idle = toY(fraction(levels.value[instrument.name] ?? instrument.idle));
  const steps: Steps = {
    time: stepExponent(["0", String(until)]),
    level: stepExponent([String(low), String(high)]),
    range: instrument.range && [fraction(instrument.range[0]), fraction(instrument.range[1])],
  };
  return (
    <svg class="track" width={width} height={ROW} role="group" aria-label={say("Schedule of {name}", { name: instrument.name })}>
      <line class="track-base" x1={LEFT} x2={width - RIGHT} y1={idle} y2={idle} />
      <text class="track-number" x={LEFT - 8} y={TOP + 4}>{short(high)}</text>
      <text class="track-number" x={LEFT - 8} y={TOP + BODY + 4}>{short(low)}</text>
      {pulses.map((pulse, k) => pulse.instrument === instrument.name && (
        <Block key={k} place={k} pulse={pulse} idle={idle} toX={toX} toY={toY} steps={steps}
          levelsShown={[low, high]} perPixel={{ time: until / across, level: (high - low) / BODY }} />
      ))}
    </svg>
  );
}

/** To where the area that takes a pointer is shifted: outwards, so that short blocks can be held at either end. */
const REACH: Record<Grip, number> = { from: -9, until: 9, level: 0, whole: 0 };

interface BlockProps {
  place: number;
  pulse: Pulse;
  idle: number;
  toX: (time: number) => number;
  toY: (level: number) => number;
  steps: Steps;
  /** From the lowest to the highest level that the row shows. */
  levelsShown: [number, number];
  perPixel: { time: number; level: number };
}

function Block({ place, pulse, idle, toX, toY, steps, levelsShown, perPixel }: BlockProps) {
  const [from, until, level] = [fraction(pulse.from), fraction(pulse.until), fraction(pulse.level)];
  const [left, right, top] = [toX(from), toX(until), toY(level)];
  // A block that is removed while it is held lets go of the axis.
  useEffect(() => () => { heldHorizon.value = null; }, []);
  const apply = (to: Pulse, gesture: string | null) => {
    change({ pulses: view.value.pulses.map((p, k) => (k === place ? to : p)) }, gesture);
  };
  const remove = () => change({ pulses: view.value.pulses.filter((_, k) => k !== place) });
  const drag = (grip: Grip) => (e: PointerEvent) => {
    if (e.button !== 0) return;
    e.preventDefault();
    const handle = e.currentTarget as SVGElement;
    handle.focus();
    handle.setPointerCapture(e.pointerId);
    heldHorizon.value = horizon.value;
    const begin = { x: e.clientX, y: e.clientY };
    // What a pixel means is that of the beginning: the axis stands still meanwhile.
    const [perTime, perLevel] = [perPixel.time, perPixel.level];
    const move = (to: PointerEvent) => {
      apply(moved(pulse, grip, (to.clientX - begin.x) * perTime, (begin.y - to.clientY) * perLevel, steps), `pulse-${place}-${grip}`);
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
      heldHorizon.value = null;
      gestureEnds();
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };
  const keys = (grip: Grip) => (e: KeyboardEvent) => {
    if (e.key === "Delete" || e.key === "Backspace") {
      e.preventDefault();
      return remove();
    }
    const many = e.shiftKey || e.key.startsWith("Page") ? 10 : 1;
    const across = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const up = { ArrowUp: 1, ArrowDown: -1, PageUp: 1, PageDown: -1 }[e.key];
    const way = grip === "level" ? up ?? across : grip === "whole" ? across : across ?? up;
    if (way === undefined && !(grip === "whole" && up !== undefined)) return;
    e.preventDefault();
    const time = grip === "level" ? 0 : (way ?? 0) * many * 10 ** steps.time;
    const rise = grip === "level" ? way! * many * 10 ** steps.level : grip === "whole" && way === undefined ? up! * many * 10 ** steps.level : 0;
    apply(moved(pulse, grip, time, rise, steps), `pulse-${place}-${grip}-keys`);
  };
  const times: [number, number] = [0, Math.max(horizon.value, until)];
  const bounds = { from: times, until: times, whole: times, level: levelsShown };
  const handle = (grip: Grip, x: number, y: number, name: string, now: number, text: string) => (
    <g class={`handle handle-${grip}`} tabindex={0} role="slider" aria-label={say(name, { name: pulse.instrument })}
      aria-valuemin={bounds[grip][0]} aria-valuemax={bounds[grip][1]} aria-valuenow={now} aria-valuetext={text}
      aria-orientation={grip === "level" ? "vertical" : "horizontal"}
      onPointerDown={drag(grip)} onKeyDown={keys(grip)}>
      <rect class="handle-reach" x={x - 14 + REACH[grip]} y={y - 14} width={28} height={28} />
      {grip === "level"
        ? <rect class="handle-mark" x={x - 12} y={y - 5} width={24} height={10} rx={5} />
        : <rect class="handle-mark" x={x - 5} y={y - 12} width={10} height={24} rx={5} />}
    </g>
  );
  const middle = (top + idle) / 2;
  return (
    <g>
      <rect class="pulse" x={left} y={Math.min(top, idle)} width={Math.max(1, right - left)} height={Math.max(2, Math.abs(idle - top))}
        onPointerDown={drag("whole")} />
      {handle("from", left - 5, middle, "{name}: start", from, pulse.from)}
      {handle("level", (left + right) / 2, top, "{name}: strength", level, pulse.level)}
      {handle("until", right + 5, middle, "{name}: end", until, pulse.until)}
    </g>
  );
}

/** The end of its range that is farther from idle; one more than idle where it has no range. */
function strongest({ idle, range }: Instrument): string {
  if (!range) return exactText(String(fraction(idle) + 1)) ?? "1";
  const [low, high] = range;
  return fraction(high) - fraction(idle) >= fraction(idle) - fraction(low) ? high : low;
}

/** Boxes for exact numbers, and a button that adds a pulse. */
export function PulseList({ game }: { game: GameModel }) {
  const { pulses } = view.value;
  const set = (place: number, part: Partial<Pulse>) => {
    change({ pulses: pulses.map((p, k) => (k === place ? { ...p, ...part } : p)) });
  };
  const add = (name: string) => {
    const instrument = game.instruments.find((i) => i.name === name);
    if (!instrument) return;
    const exponent = stepExponent(["0", String(horizon.value)]);
    const until = stepsText(Math.max(1, Math.round(horizon.value / 3 / 10 ** exponent)), exponent);
    change({ pulses: [...pulses, { instrument: name, level: strongest(instrument), from: "0", until }] });
  };
  return (
    <div class="pulse-list">
      {pulses.length > 0 && (
        <p class="meaning">{say("Drag a block, or its handles for start, strength and end; the arrow keys move a handle, Delete removes the block.")}</p>
      )}
      {pulses.length > 0 && (
        <table>
          <caption class="unseen">{say("Temporary instruments")}</caption>
          <thead>
            <tr><th scope="col">{say("Instrument")}</th><th scope="col">{say("Level")}</th><th scope="col">{say("From")}</th><th scope="col">{say("Until")}</th><td /></tr>
          </thead>
          <tbody>
            {pulses.map((pulse, k) => {
              const refused = pulseRefused(pulse, game.instruments);
              return (
                <tr key={k}>
                  <th scope="row">{pulse.instrument}</th>
                  {(["level", "from", "until"] as const).map((part) => (
                    <td key={part}>
                      <NumberBox id={`pulse-${k}-${part}`} text={pulse[part]} onChange={(to) => set(k, { [part]: to })}
                        label={say({ level: "{name}: strength", from: "{name}: start", until: "{name}: end" }[part], { name: pulse.instrument })} />
                    </td>
                  ))}
                  <td>
                    <button aria-label={say("Remove {name}", { name: pulse.instrument })}
                      onClick={() => change({ pulses: pulses.filter((_, j) => j !== k) })}>{say("Remove")}</button>
                    {refused && <span class="wrong" role="alert">{say(refused)}</span>}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <label>
        {say("Add a temporary instrument")}{" "}
        <select value="" onChange={(e) => { add(e.currentTarget.value); e.currentTarget.value = ""; }}>
          <option value="">{say("choose one …")}</option>
          {game.instruments.map((i) => <option key={i.name} value={i.name}>{i.name}{i.meaning ? `: ${i.meaning}` : ""}</option>)}
        </select>
      </label>
    </div>
  );
}
