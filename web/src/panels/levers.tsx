// The levers: a slider and a box for every parameter and every instrument.
import { useEffect, useState } from "preact/hooks";
import type { Mark } from "../analysis/marks";
import { fraction } from "../expression/evaluate";
import { Formula } from "../formulas/math";
import { textOf } from "../formulas/present";
import { say } from "../languages";
import { isMoved, leversOf, moveLevers, positionOf, type Lever } from "../state/levers";
import { followMarks, marks } from "../state/marks";
import { levelsOf, model, settings, settingsOf, unsaidOf, view } from "../state/store";
import { AssumptionsNotice } from "./assumptions_notice";
import { Helpers } from "./helpers";
import { NumberBox } from "./number_box";
import { Scenarios } from "./scenarios";
import { Slider, type SliderMark } from "./slider";

interface RowProps { lever: Lever; base: string; pinned: string | null }

function Row({ lever, base, pinned }: RowProps) {
  const { name, kind, told: { meaning, unit } } = lever;
  const now = positionOf(lever);
  const symbol = kind === "parameter" ? model.value?.formulas.symbols[name] : undefined;
  const move = (to: string, gesture: string | null) => { moveLevers([[lever, to]], gesture); };
  const id = `${kind}-${name}`;
  const beyond = beyondRange(lever, now);
  const told = unit ? `${name} (${unit})` : name;
  return (
    <div class="lever">
      <div class="lever-head">
        <label for={`${id}-box`}>
          <span class="name">{symbol ? <Formula layout={symbol} /> : name}</span>{unit && <span class="unit"> {unit}</span>}{" "}
          {meaning && <span class="meaning" id={`${id}-meaning`}>{meaning}</span>}
        </label>
        <NumberBox id={`${id}-box`} label={told} text={now} describedBy={meaning ? `${id}-meaning` : undefined}
          onChange={(to) => move(to, null)} />
        <button class="quiet" disabled={!isMoved(lever)} onClick={() => { moveLevers([[lever, null]]); }}
          aria-label={say("Reset {name}", { name })} title={say("Back to {value}", { value: base })}>⟲</button>
      </div>
      <Slider id={id} label={told} text={now} range={lever.range} marks={toldMarks(marks.value[name] ?? [])}
        ghost={pinned !== null && pinned !== now ? pinned : null} onMove={move} />
      {beyond && <p class="beyond" role="status">{beyond}</p>}
    </div>
  );
}

/** That a lever stands where its slider does not reach; empty where it does. */
function beyondRange({ told, range }: Lever, now: string): string {
  const [least, most] = range;
  if (fraction(now) >= fraction(least) && fraction(now) <= fraction(most)) return "";
  return told.range ? say("{value} is outside the range of the file, {least} to {most}.", { value: now, least, most })
    : say("{value} is beyond the slider, which runs from {least} to {most}.", { value: now, least, most });
}

function toldMarks(found: Mark[]): SliderMark[] {
  const states = (ids: string[]) => (ids.length ? ids.join(", ") : say("none"));
  return found.map(({ at, exact, before, after }) => ({
    at, exact, told: say("{at}: stable below: {before}; above: {after}", { at: exact, before: states(before), after: states(after) }),
  }));
}

export function Levers() {
  const game = model.value;
  // On a small screen they are a sheet over the page, which begins folded; elsewhere they always stand open.
  const [isOpen, setOpen] = useState(false);
  useEffect(followMarks, []);
  if (!game) return null;
  const { pinned, scenario } = view.value;
  const bases = { ...levelsOf(game, { levels: {}, positions: {}, scenario }), ...settingsOf(game, { positions: {}, scenario }) };
  const pins = pinned && { ...levelsOf(game, pinned), ...settingsOf(game, pinned) };
  const levers = leversOf(game);
  const fixed = game.parameters.filter((p) => p.fixed);
  const unsaid = unsaidOf(game, scenario);
  const row = (lever: Lever) => (
    <Row key={lever.name} lever={lever} base={bases[lever.name] ?? "0"} pinned={pins?.[lever.name] ?? null} />
  );
  return (
    <aside class={isOpen ? "levers" : "levers closed"} aria-label={say("Levers")}>
      <button class="levers-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{say("Levers")} {isOpen ? "▾" : "▴"}</button>
      <Scenarios />
      <AssumptionsNotice />
      {game.parameters.length > 0 && <h2>{say("Parameters")}</h2>}
      {unsaid.length > 0 && (
        <p class="meaning">{say("The model gives no value for {names}: each is 0 until you move it.", { names: unsaid.map(textOf).join(", ") })}</p>
      )}
      {levers.some((l) => l.kind === "parameter" && !l.told.range) && (
        <p class="meaning">{say("If the model gives no range, a slider runs from 0 to twice the value.")}</p>
      )}
      {levers.filter((l) => l.kind === "parameter").map(row)}
      {fixed.length > 0 && (
        <p class="meaning">
          {say("Fixed in this page: {names}.", { names: fixed.map((p) => `${textOf(p.name)} = ${settings.value[p.name] ?? p.value}`).join(", ") })}
        </p>
      )}
      {levers.some((l) => l.kind === "instrument") && <h2>{say("Instruments")}</h2>}
      {levers.filter((l) => l.kind === "instrument").map(row)}
      <Helpers />
    </aside>
  );
}
