// The table beside the curves: each trajectory with where it settles, when it has arrived, and its shares at the
// moment that is pointed at.
import type { Outcome } from "../../dynamics/arrival";
import { say } from "../../languages";
import { labelWord, openWord } from "../../panels/rest_points/label";
import type { GameModel } from "../../model";
import { shortNumber } from "../../state/exact_text";
import { hovered } from "../../state/hover";
import { labels } from "../../state/labels";
import { chosen, followed, horizon, type Followed } from "../../state/paths";
import { change, view } from "../../state/store";
import { periods, periodTold } from "../phase/periods";
import { RemoveStart } from "../phase/starts";
import { shareTitles } from "./time";
import { strokeOf, Swatch } from "./strokes";

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
  if (labels.value.pending && outcome.kind !== "settles") return openWord();
  switch (outcome.kind) {
    case "settles": return `${stateName(outcome.id)}, ${labelWord(outcome.label)}`;
    case "face": return say("{state}, {label}: it attracts only while some strategy is absent", { state: stateName(outcome.id), label: labelWord(outcome.label) });
    case "stays": return say("stays in {state}: absent strategies are not imitated", { state: stateName(outcome.id) });
    case "rest": return outcome.from === "end" ? say("settles near ({state})", { state: outcome.state.map((share) => shortNumber(share, 3)).join(", ") })
      : outcome.point === null ? say("at rest") : say("at rest: {id}", { id: outcome.point });
    case "divided": return say("passes so close to {state} that the smallest change of the initial state changes the outcome", { state: stateName(outcome.beside) });
    case "unlabelled": return say("{state}: its label is not known here", { state: stateName(outcome.id) });
    case "open": if (!labels.value.complete) return say("the labels are not all known here");
      return say("not settled by t = {time}", { time: shortNumber(outcome.until) });
  }
}

/** How long the turn of a start takes whose orbit is closed; null where that is not known. */
export function orbitTold({ id, outcome, pulsed }: Followed): string | null {
  const period = periods.value.get(Number(id));
  // Pulses move it to another orbit.
  if (!period || pulsed || outcome.kind !== "open") return null;
  return periodTold(period);
}

export function Outcomes({ game }: { game: GameModel }) {
  const at = hovered.value?.time ?? horizon.value;
  const titles = shareTitles(game);
  const rows = followed.value.map((one) => ({ one, ...one }));
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
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ one, id, outcome }, k) => (
            <tr key={id} aria-current={id === chosen.value?.id}>
              <th scope="row">
                <label>
                  <input type="radio" name="time-of" checked={id === chosen.value?.id}
                    onChange={() => change({ more: { ...view.value.more, "time.of": id } })} />
                  <Swatch stroke={strokeOf(k)} /> {nameOf(id)}
                </label>
              </th>
              <td>{orbitTold(one) ?? outcomeTold(outcome)}</td>
              <td>{"arrives" in outcome ? `t = ${shortNumber(outcome.arrives)}` : "–"}</td>
              {titles.map(({ name }, j) => <td key={name} class="number">{shortNumber(states[id]?.[j] ?? NaN, 3)}</td>)}
              <td>{id !== "today" && <RemoveStart index={Number(id)} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
