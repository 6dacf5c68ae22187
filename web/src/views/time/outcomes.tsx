// The table beside the curves: each trajectory with where it settles, when it has arrived, and its shares at the
// moment that is pointed at.
import type { Outcome } from "../../dynamics/outcome";
import { say } from "../../languages";
import { labelWord } from "../../panels/rest_points/label";
import type { GameModel } from "../../model";
import { shortNumber } from "../../state/exact_text";
import { hovered } from "../../state/hover";
import { labels } from "../../state/labels";
import { chosen, followed, horizon } from "../../state/paths";
import { change, view } from "../../state/store";
import { shareTitles } from "./time";
import { strokeOf, type Stroke } from "./strokes";

/** Points at a moment, for all frames and the phase view. */
export function pointAt(time: number | null): void {
  hovered.value = time === null ? null : { time, states: statesAt(time) };
}

function statesAt(time: number): Record<string, number[]> {
  return Object.fromEntries(followed.value.map(({ id, path }) => {
    const state = new Float64Array(path.flow.length);
    path.at(time, state);
    return [id, Array.from(state)];
  }));
}

/** The name of a trajectory. */
export function nameOf(id: string): string {
  return id === "today" ? say("today") : say("start {number}", { number: Number(id) + 1 });
}

/** A rest point by its id and what is played there. */
export function stateName(id: string): string {
  const played = labels.value.points.find((p) => p.id === id)?.support;
  return played?.every((of) => of.length === 1) ? `${id} (${played.flat().join(", ")})` : id;
}

/** Where a trajectory settles, in words. */
export function outcomeTold(outcome: Outcome): string {
  switch (outcome.kind) {
    case "settles": return `${stateName(outcome.id)}, ${labelWord(outcome.label)}`;
    case "face": return say("{state}, {label}: it attracts only while a strategy is played by nobody", { state: stateName(outcome.id), label: labelWord(outcome.label) });
    case "unlabelled": return say("{state}: its label is not known here", { state: stateName(outcome.id) });
    case "open": return say("not settled by t = {time}", { time: shortNumber(outcome.until) });
  }
}

export function Outcomes({ game }: { game: GameModel }) {
  const at = hovered.value?.time ?? horizon.value;
  const titles = shareTitles(game);
  const states = hovered.value?.states ?? statesAt(at);
  return (
    <div class="scrolled">
      <table class="outcomes">
        <caption>{say("Trajectories; shares at t = {time}", { time: shortNumber(at) })}</caption>
        <thead>
          <tr>
            <th scope="col">{say("Trajectory from")}</th><th scope="col">{say("Settles in")}</th>
            <th scope="col">{say("Arrives (within 1 %)")}</th>
            {titles.map(({ name, told }) => <th scope="col" key={name} title={told}>{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {followed.value.map(({ id, outcome }, k) => (
            <tr key={id} aria-current={id === chosen.value?.id}>
              <th scope="row">
                <label>
                  <input type="radio" name="time-of" checked={id === chosen.value?.id}
                    onChange={() => change({ more: { ...view.value.more, "time.of": id } })} />
                  <Swatch stroke={strokeOf(k)} /> {nameOf(id)}
                </label>
              </th>
              <td>{outcomeTold(outcome)}</td>
              <td>{"arrives" in outcome ? `t = ${shortNumber(outcome.arrives)}` : "–"}</td>
              {titles.map(({ name }, j) => <td key={name} class="number">{shortNumber(states[id]?.[j] ?? NaN, 3)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Swatch({ stroke }: { stroke: Stroke }) {
  return (
    <svg width="36" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="36" y2="4" stroke={stroke.colour} stroke-width={stroke.width} stroke-dasharray={stroke.dash.join(" ")} />
    </svg>
  );
}
